{{- define "order-processing.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "order-processing.fullname" -}}
{{- $name := include "order-processing.name" . }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "order-processing.selector" -}}
app.kubernetes.io/name: {{ include "order-processing.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "order-processing.labels" -}}
{{ include "order-processing.selector" . }}
app.kubernetes.io/version: {{ include "order-processing.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of pods: nothing that changes with each release, or pods of versions that drain would be replaced. */}}
{{- define "order-processing.podLabels" -}}
{{ include "order-processing.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "order-processing.tag" -}}
{{- default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{/* The part of a version that may stand in a name. */}}
{{- define "order-processing.version-in-name" -}}
{{- regexReplaceAll "[^a-z0-9]+" (lower .) "-" | trunc 16 | trimAll "-" }}
{{- end }}

{{- define "order-processing.deploymentName" -}}
{{- default (include "order-processing.fullname" .) .Values.versioning.deploymentName }}
{{- end }}
