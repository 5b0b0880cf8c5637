{{/*
A setting as seconds, rounded up. Takes { root, name, default }.
*/}}
{{- define "order-processing.seconds" -}}
{{- $text := get .root.Values.config .name | default .default }}
{{- $number := regexFind "^[0-9]+" $text | int }}
{{- $unit := regexFind "[a-z]+$" $text }}
{{- if eq $unit "ms" }}{{ div (add $number 999) 1000 }}
{{- else }}{{ mul $number (get (dict "s" 1 "m" 60 "h" 3600 "d" 86400) $unit) }}
{{- end }}
{{- end }}

{{/*
How long Kubernetes waits before it kills: what docs/database.md says a program needs after its first signal, and some
to spare.
*/}}
{{- define "order-processing.apiGrace" -}}
{{- add (include "order-processing.seconds" (dict "root" . "name" "DRAIN_DELAY" "default" "5s")) 40 }}
{{- end }}
{{- define "order-processing.workerGrace" -}}
{{- add (include "order-processing.seconds" (dict "root" . "name" "SHUTDOWN_GRACE" "default" "15s")) 15 }}
{{- end }}

{{/*
The port of a URL. Takes { url, default }.
*/}}
{{- define "order-processing.port" -}}
{{- $written := regexFind ":[0-9]+(/|$)" .url | trimPrefix ":" | trimSuffix "/" }}
{{- if $written }}{{ $written }}
{{- else if hasPrefix "http://" .url }}80
{{- else }}443
{{- end }}
{{- end }}

{{/*
The secrets that a program reads, as JSON: the variable, and where it is. Takes { root, program }.
*/}}
{{- define "order-processing.secrets" -}}
{{- $secrets := .root.Values.secrets }}
{{- $variables := get (dict
  "api" (dict "DATABASE_URL" $secrets.databaseUrl "STRIPE_SECRET_KEY" $secrets.stripeSecretKey
    "STRIPE_WEBHOOK_SECRET" $secrets.stripeWebhookSecret "CARRIER_SECRET" $secrets.carrierSecret)
  "worker" (dict "DATABASE_URL" $secrets.databaseUrl "STRIPE_SECRET_KEY" $secrets.stripeSecretKey
    "SMTP_URL" $secrets.smtpUrl)
  "migrate" (dict "DATABASE_URL" $secrets.migrationDatabaseUrl)) .program }}
{{- $found := dict }}
{{- range $variable, $secret := $variables }}
{{- $name := default $secrets.name $secret.name | required (printf "secrets.name is not set: the Secret that holds %s" $secret.key) }}
{{- $_ := set $found $variable (dict "name" $name "key" $secret.key) }}
{{- end }}
{{- if and (ne .program "migrate") .root.Values.temporal.apiKey.name }}
{{- $_ := set $found "TEMPORAL_API_KEY" .root.Values.temporal.apiKey }}
{{- end }}
{{- if and (eq .program "api") $secrets.consoleClientSecret.name }}
{{- $_ := set $found "CONSOLE_OIDC_CLIENT_SECRET" $secrets.consoleClientSecret }}
{{- end }}
{{- if and (ne .program "migrate") $secrets.webhookSecretKey.name }}
{{- $_ := set $found "WEBHOOK_SECRET_KEY" $secrets.webhookSecretKey }}
{{- end }}
{{- if and (ne .program "migrate") $secrets.otlpHeaders.name }}
{{- $_ := set $found "OTEL_EXPORTER_OTLP_HEADERS" $secrets.otlpHeaders }}
{{- end }}
{{- toJson $found }}
{{- end }}

{{/*
The environment of a program. Takes { root, program }, and of a worker { version, taskQueues }.
*/}}
{{- define "order-processing.env" -}}
{{- $root := .root }}
{{- $program := .program }}
{{- $tls := $root.Values.temporal.tls }}
{{- range $variable, $value := $root.Values.config }}
{{- if or (ne $program "migrate") (regexMatch "^(DATABASE|MIGRATION)_" $variable) }}
- { name: {{ $variable }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
{{- range $variable, $secret := include "order-processing.secrets" . | fromJson }}
{{- if eq $root.Values.secrets.as "files" }}
- { name: {{ $variable }}_FILE, value: {{ printf "/run/secrets/order-processing/%s" $variable }} }
{{- else }}
- name: {{ $variable }}
  valueFrom: { secretKeyRef: { name: {{ $secret.name }}, key: {{ $secret.key }} } }
{{- end }}
{{- end }}
{{- if eq $program "api" }}
- { name: API_HOST, value: 0.0.0.0 }
- { name: API_PORT, value: '3000' }
- { name: API_METRICS_PORT, value: '9465' }
{{- end }}
{{- if eq $program "worker" }}
- { name: METRICS_PORT, value: '9464' }
{{- with .taskQueues }}
- { name: WORKER_TASK_QUEUES, value: {{ join "," . | quote }} }
{{- end }}
{{- with .version }}
- { name: TEMPORAL_DEPLOYMENT_NAME, value: {{ include "order-processing.deploymentName" $root | quote }} }
- { name: TEMPORAL_WORKER_BUILD_ID, value: {{ . | quote }} }
{{- if and $root.Values.versioning.promotes (eq . (include "order-processing.tag" $root)) }}
- { name: TEMPORAL_WORKER_PROMOTES, value: 'true' }
{{- end }}
{{- end }}
{{- end }}
{{- if ne $program "migrate" }}
- { name: METRICS_HOST, value: 0.0.0.0 }
- { name: TEMPORAL_ADDRESS, value: {{ required "temporal.address is not set" $root.Values.temporal.address | quote }} }
- { name: TEMPORAL_NAMESPACE, value: {{ $root.Values.temporal.namespace | quote }} }
{{- if $tls.enabled }}
- { name: TEMPORAL_TLS, value: 'true' }
{{- end }}
{{- with $tls.serverName }}
- { name: TEMPORAL_TLS_SERVER_NAME, value: {{ . | quote }} }
{{- end }}
{{- if $tls.authority.name }}
- { name: TEMPORAL_TLS_SERVER_CA_CERT_PATH, value: /run/secrets/temporal/ca.crt }
{{- end }}
{{- if $tls.clientCertificate }}
- { name: TEMPORAL_TLS_CLIENT_CERT_PATH, value: /run/secrets/temporal/tls.crt }
- { name: TEMPORAL_TLS_CLIENT_KEY_PATH, value: /run/secrets/temporal/tls.key }
{{- end }}
{{- end }}
{{- end }}

{{/*
The volumes of a program: secrets as files, and the certificates of Temporal. Takes { root, program }.
*/}}
{{- define "order-processing.volumes" -}}
{{- $root := .root }}
{{- $tls := $root.Values.temporal.tls }}
{{- if eq $root.Values.secrets.as "files" }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $variable, $secret := include "order-processing.secrets" . | fromJson }}
      - secret: { name: {{ $secret.name }}, items: [{ key: {{ $secret.key }}, path: {{ $variable }} }] }
      {{- end }}
{{- end }}
{{- if and (ne .program "migrate") (or $tls.authority.name $tls.clientCertificate) }}
- name: temporal
  projected:
    defaultMode: 0440
    sources:
      {{- if $tls.authority.name }}
      - secret: { name: {{ $tls.authority.name }}, items: [{ key: {{ $tls.authority.key }}, path: ca.crt }] }
      {{- end }}
      {{- with $tls.clientCertificate }}
      - secret: { name: {{ . }}, items: [{ key: tls.crt, path: tls.crt }, { key: tls.key, path: tls.key }] }
      {{- end }}
{{- end }}
{{- with $root.Values.volumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "order-processing.volumeMounts" -}}
{{- $root := .root }}
{{- $tls := $root.Values.temporal.tls }}
{{- if eq $root.Values.secrets.as "files" }}
- { name: secrets, mountPath: /run/secrets/order-processing, readOnly: true }
{{- end }}
{{- if and (ne .program "migrate") (or $tls.authority.name $tls.clientCertificate) }}
- { name: temporal, mountPath: /run/secrets/temporal, readOnly: true }
{{- end }}
{{- with $root.Values.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
