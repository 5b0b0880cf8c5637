{{/*
The deployments of workers as JSON, by name: the values of `worker`, with what `workers` gives for the name.
*/}}
{{- define "order-processing.workers" -}}
{{- $queues := list "order-processing" "email" "reconciliation" }}
{{- $workers := dict }}
{{- $taken := list }}
{{- range $name, $own := .Values.workers | default (dict "all" (dict)) }}
{{- $worker := mergeOverwrite (deepCopy $.Values.worker) (deepCopy ($own | default dict)) }}
{{- $_ := set $workers $name (set $worker "queues" (default $queues $worker.taskQueues)) }}
{{- $taken = concat $taken $worker.queues }}
{{- end }}
{{- range $queues }}
{{- if not (has . $taken) }}{{ fail (printf "workers: no deployment takes the task queue %s" .) }}{{ end }}
{{- end }}
{{- toJson $workers }}
{{- end }}

{{/*
The versions that workers run, as JSON: { tag, digest, replicas }, the current one first, without replicas.
*/}}
{{- define "order-processing.versions" -}}
{{- $current := dict "tag" (include "order-processing.tag" .) "digest" .Values.image.digest }}
{{- $versions := list $current }}
{{- $names := list (include "order-processing.version-in-name" $current.tag) }}
{{- if .Values.versioning.enabled }}
{{- range .Values.versioning.draining }}
{{- $name := include "order-processing.version-in-name" .tag }}
{{- if has $name $names }}{{ fail (printf "versioning.draining: %s is there twice, or is what image.tag says" .tag) }}{{ end }}
{{- $names = append $names $name }}
{{- $versions = append $versions . }}
{{- end }}
{{- else if .Values.versioning.draining }}{{ fail "versioning.draining needs versioning.enabled" }}
{{- end }}
{{- toJson (dict "versions" $versions) }}
{{- end }}

{{/*
The name of a deployment of workers; with versioning, of one version's. Takes { root, name, tag }.
*/}}
{{- define "order-processing.workerName" -}}
{{- $base := include "order-processing.fullname" .root }}
{{- $name := ternary "worker" (printf "worker-%s" .name) (empty .root.Values.workers) }}
{{- $version := ternary (printf "-%s" (include "order-processing.version-in-name" .tag)) "" .root.Values.versioning.enabled }}
{{- printf "%s-%s%s" $base $name $version }}
{{- end }}
