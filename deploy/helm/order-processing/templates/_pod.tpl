{{/*
What the pods of all programs have. Takes { root, program }.
*/}}
{{- define "order-processing.pod" -}}
serviceAccountName: {{ .root.Values.serviceAccountName }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with include "order-processing.volumes" . }}
volumes: {{- . | trim | nindent 2 }}
{{- end }}
{{- end }}

{{/*
What the containers of all programs have. Takes { root, program, tag, digest, resources }, and what the environment takes.
*/}}
{{- define "order-processing.container" -}}
name: {{ .program }}
image: {{ include "order-processing.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
env: {{- include "order-processing.env" . | trim | nindent 2 }}
# Nothing is written to files: there is no emptyDir.
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
resources: {{- toYaml .resources | nindent 2 }}
{{- with include "order-processing.volumeMounts" . }}
volumeMounts: {{- . | trim | nindent 2 }}
{{- end }}
{{- end }}

{{- define "order-processing.image" -}}
{{- $repository := required "image.repository is not set: where the image was pushed" .root.Values.image.repository }}
{{- printf "%s:%s" $repository .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "order-processing.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: {{ . }} }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health/live, port: {{ . }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /health/ready, port: {{ . }} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end }}

{{/*
Where pods are scheduled. Takes { root, values, selector }.
*/}}
{{- define "order-processing.scheduling" -}}
{{- $selector := .selector }}
{{- with .root.Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{ toYaml . | nindent 4 | trim }}
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels: {{- $selector | nindent 8 }}
  {{- end }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
