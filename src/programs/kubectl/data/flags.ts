/**
 * The flags of every command, as `kubectl COMMAND --help` of v1.35.2 lists them; `GLOBAL` are those of all commands.
 * `[letter:]name` + kind (`?` bool, `#` int, `~` duration, `*` stringSlice, `+` stringArray, none: string) + `!` if
 * required + `=default`.
 */
export const FLAGS: Readonly<Record<string, string>> = {
  "create":
    "allow-missing-template-keys?=true dry-run=none edit? field-manager=kubectl-create f:filename* k:kustomize o:output raw R:recursive? save-config? l:selector show-managed-fields? template validate=strict windows-line-endings?",
  "create clusterrole":
    "aggregation-rule allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create non-resource-url* o:output resource* resource-name* save-config? show-managed-fields? template validate=strict verb*",
  "create clusterrolebinding":
    "allow-missing-template-keys?=true clusterrole! dry-run=none field-manager=kubectl-create group+ o:output save-config? serviceaccount+ show-managed-fields? template user+ validate=strict",
  "create configmap":
    "allow-missing-template-keys?=true append-hash? dry-run=none field-manager=kubectl-create from-env-file* from-file* from-literal+ o:output save-config? show-managed-fields? template validate=strict",
  "create cronjob":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create image! o:output restart save-config? schedule! show-managed-fields? template validate=strict",
  "create deployment":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create image*! o:output port#=-1 r:replicas#=1 save-config? show-managed-fields? template validate=strict",
  "create ingress":
    "allow-missing-template-keys?=true annotation* class default-backend dry-run=none field-manager=kubectl-create o:output rule+ save-config? show-managed-fields? template validate=strict",
  "create job":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create from image o:output save-config? show-managed-fields? template validate=strict",
  "create namespace":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create o:output save-config? show-managed-fields? template validate=strict",
  "create poddisruptionbudget":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create max-unavailable min-available o:output save-config? selector show-managed-fields? template validate=strict",
  "create priorityclass":
    "allow-missing-template-keys?=true description dry-run=none field-manager=kubectl-create global-default? o:output preemption-policy=PreemptLowerPriority save-config? show-managed-fields? template validate=strict value#",
  "create quota":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create hard o:output save-config? scopes show-managed-fields? template validate=strict",
  "create role":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create o:output resource* resource-name* save-config? show-managed-fields? template validate=strict verb*",
  "create rolebinding":
    "allow-missing-template-keys?=true clusterrole dry-run=none field-manager=kubectl-create group+ o:output role save-config? serviceaccount+ show-managed-fields? template user+ validate=strict",
  "create secret":
    "",
  "create secret docker-registry":
    "allow-missing-template-keys?=true append-hash? docker-email docker-password docker-server=https://index.docker.io/v1/ docker-username dry-run=none field-manager=kubectl-create from-file* o:output save-config? show-managed-fields? template validate=strict",
  "create secret generic":
    "allow-missing-template-keys?=true append-hash? dry-run=none field-manager=kubectl-create from-env-file* from-file* from-literal+ o:output save-config? show-managed-fields? template type validate=strict",
  "create secret tls":
    "allow-missing-template-keys?=true append-hash? cert dry-run=none field-manager=kubectl-create key o:output save-config? show-managed-fields? template validate=strict",
  "create service":
    "",
  "create service clusterip":
    "allow-missing-template-keys?=true clusterip dry-run=none field-manager=kubectl-create o:output save-config? show-managed-fields? tcp* template validate=strict",
  "create service externalname":
    "allow-missing-template-keys?=true dry-run=none external-name! field-manager=kubectl-create o:output save-config? show-managed-fields? tcp* template validate=strict",
  "create service loadbalancer":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create o:output save-config? show-managed-fields? tcp* template validate=strict",
  "create service nodeport":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create node-port# o:output save-config? show-managed-fields? tcp* template validate=strict",
  "create serviceaccount":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-create o:output save-config? show-managed-fields? template validate=strict",
  "create token":
    "allow-missing-template-keys?=true audience+ bound-object-kind bound-object-name bound-object-uid duration~ o:output show-managed-fields? template",
  "expose":
    "allow-missing-template-keys?=true cluster-ip dry-run=none external-ip field-manager=kubectl-expose f:filename* k:kustomize l:labels load-balancer-ip name o:output override-type=merge overrides port protocol R:recursive? save-config? selector session-affinity show-managed-fields? target-port template type",
  "run":
    "allow-missing-template-keys?=true annotations+ attach? cascade=background command? dry-run=none env+ expose? field-manager=kubectl-run f:filename* force? grace-period#=-1 image! image-pull-policy k:kustomize l:labels leave-stdin-open? o:output override-type=merge overrides pod-running-timeout~=1m0s port privileged? q:quiet? R:recursive? restart=Always rm? save-config? show-managed-fields? i:stdin? template timeout~ t:tty? wait?",
  "set":
    "",
  "set env":
    "all? allow-missing-template-keys?=true c:containers=* dry-run=none e:env+ field-manager=kubectl-set f:filename* from keys* k:kustomize list? local? o:output overwrite?=true prefix R:recursive? resolve? l:selector show-managed-fields? template",
  "set image":
    "all? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-set f:filename* k:kustomize local? o:output R:recursive? l:selector show-managed-fields? template",
  "set resources":
    "all? allow-missing-template-keys?=true c:containers=* dry-run=none field-manager=kubectl-set f:filename* k:kustomize limits local? o:output R:recursive? requests l:selector show-managed-fields? template",
  "set selector":
    "all? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-set f:filename* local? o:output R:recursive?=true resource-version show-managed-fields? template",
  "set serviceaccount":
    "all? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-set f:filename* k:kustomize local? o:output R:recursive? show-managed-fields? template",
  "set subject":
    "all? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-set f:filename* group* k:kustomize local? o:output R:recursive? l:selector serviceaccount* show-managed-fields? template user*",
  "explain":
    "api-version o:output=plaintext recursive?",
  "get":
    "A:all-namespaces? allow-missing-template-keys?=true chunk-size#=500 field-selector f:filename* ignore-not-found? k:kustomize L:label-columns* no-headers? o:output output-watch-events? raw R:recursive? l:selector server-print?=true show-kind? show-labels? show-managed-fields? sort-by subresource template w:watch? watch-only?",
  "edit":
    "allow-missing-template-keys?=true field-manager=kubectl-edit f:filename* k:kustomize o:output output-patch? R:recursive? save-config? show-managed-fields? subresource template validate=strict windows-line-endings?",
  "delete":
    "all? A:all-namespaces? cascade=background dry-run=none field-selector f:filename* force? grace-period#=-1 ignore-not-found? i:interactive? k:kustomize now? o:output raw R:recursive? l:selector timeout~ wait?=true",
  "rollout":
    "",
  "rollout history":
    "allow-missing-template-keys?=true f:filename* k:kustomize o:output R:recursive? revision# l:selector show-managed-fields? template",
  "rollout pause":
    "allow-missing-template-keys?=true field-manager=kubectl-rollout f:filename* k:kustomize o:output R:recursive? l:selector show-managed-fields? template",
  "rollout restart":
    "allow-missing-template-keys?=true field-manager=kubectl-rollout f:filename* k:kustomize o:output R:recursive? l:selector show-managed-fields? template",
  "rollout resume":
    "allow-missing-template-keys?=true field-manager=kubectl-rollout f:filename* k:kustomize o:output R:recursive? l:selector show-managed-fields? template",
  "rollout status":
    "f:filename* k:kustomize R:recursive? revision# l:selector timeout~ w:watch?=true",
  "rollout undo":
    "allow-missing-template-keys?=true dry-run=none f:filename* k:kustomize o:output R:recursive? l:selector show-managed-fields? template to-revision#",
  "scale":
    "all? allow-missing-template-keys?=true current-replicas#=-1 dry-run=none f:filename* k:kustomize o:output R:recursive? replicas#! resource-version l:selector show-managed-fields? template timeout~",
  "autoscale":
    "allow-missing-template-keys?=true cpu dry-run=none field-manager=kubectl-autoscale f:filename* k:kustomize max#!=-1 memory min#=-1 name o:output R:recursive? save-config? show-managed-fields? template",
  "certificate":
    "",
  "certificate approve":
    "allow-missing-template-keys?=true f:filename* force? k:kustomize o:output R:recursive? show-managed-fields? template",
  "certificate deny":
    "allow-missing-template-keys?=true f:filename* force? k:kustomize o:output R:recursive? show-managed-fields? template",
  "cluster-info":
    "",
  "cluster-info dump":
    "A:all-namespaces? allow-missing-template-keys?=true namespaces* o:output=json output-directory pod-running-timeout~=20s show-managed-fields? template",
  "top":
    "",
  "top node":
    "no-headers? l:selector show-capacity? show-swap? sort-by use-protocol-buffers?=true",
  "top pod":
    "A:all-namespaces? containers? field-selector no-headers? l:selector show-swap? sort-by sum? use-protocol-buffers?=true",
  "cordon":
    "dry-run=none l:selector",
  "uncordon":
    "dry-run=none l:selector",
  "drain":
    "chunk-size#=500 delete-emptydir-data? disable-eviction? dry-run=none force? grace-period#=-1 ignore-daemonsets? pod-selector l:selector skip-wait-for-delete-timeout# timeout~",
  "taint":
    "all? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-taint o:output overwrite? l:selector show-managed-fields? template validate=strict",
  "describe":
    "A:all-namespaces? chunk-size#=500 f:filename* k:kustomize R:recursive? l:selector show-events?=true",
  "logs":
    "all-containers? all-pods? c:container f:follow? ignore-errors? insecure-skip-tls-verify-backend? limit-bytes# max-log-requests#=5 pod-running-timeout~=20s prefix? p:previous? l:selector since~ since-time tail#=-1 timestamps?",
  "attach":
    "c:container pod-running-timeout~=1m0s q:quiet? i:stdin? t:tty?",
  "exec":
    "c:container f:filename* pod-running-timeout~=1m0s q:quiet? i:stdin? t:tty?",
  "port-forward":
    "address*=localhost pod-running-timeout~=1m0s",
  "proxy":
    "accept-hosts=^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$ accept-paths=^.* address=127.0.0.1 api-prefix=/ append-server-path? disable-filter? keepalive~ p:port#=8001 reject-methods=^$ reject-paths=^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach u:unix-socket w:www P:www-prefix=/static/",
  "cp":
    "c:container no-preserve? retries#",
  "auth":
    "",
  "auth can-i":
    "A:all-namespaces? list? no-headers? q:quiet? subresource",
  "auth reconcile":
    "allow-missing-template-keys?=true dry-run=none f:filename* k:kustomize o:output R:recursive? remove-extra-permissions? remove-extra-subjects? show-managed-fields? template",
  "auth whoami":
    "allow-missing-template-keys?=true o:output show-managed-fields? template",
  "debug":
    "arguments-only? attach? c:container copy-to custom env+ f:filename* image image-pull-policy keep-annotations? keep-init-containers?=true keep-labels? keep-liveness? keep-readiness? keep-startup? profile=legacy q:quiet? replace? same-node? set-image* share-processes?=true i:stdin? target t:tty?",
  "events":
    "A:all-namespaces? allow-missing-template-keys?=true chunk-size#=500 for no-headers? o:output show-managed-fields? template types* w:watch?",
  "diff":
    "concurrency#=1 field-manager=kubectl-client-side-apply f:filename* force-conflicts? k:kustomize prune? prune-allowlist+ R:recursive? l:selector server-side? show-managed-fields?",
  "apply":
    "all? allow-missing-template-keys?=true cascade=background dry-run=none field-manager=kubectl-client-side-apply f:filename* force? force-conflicts? grace-period#=-1 k:kustomize openapi-patch?=true o:output overwrite?=true prune? prune-allowlist+ R:recursive? l:selector server-side? show-managed-fields? subresource template timeout~ validate=strict wait?",
  "apply edit-last-applied":
    "allow-missing-template-keys?=true field-manager=kubectl-client-side-apply f:filename* k:kustomize o:output R:recursive? show-managed-fields? template validate=strict windows-line-endings?",
  "apply set-last-applied":
    "allow-missing-template-keys?=true create-annotation? dry-run=none f:filename* o:output show-managed-fields? template",
  "apply view-last-applied":
    "all? f:filename* k:kustomize o:output=yaml R:recursive? l:selector",
  "patch":
    "allow-missing-template-keys?=true dry-run=none field-manager=kubectl-patch f:filename* k:kustomize local? o:output p:patch patch-file R:recursive? show-managed-fields? subresource template type=strategic",
  "replace":
    "allow-missing-template-keys?=true cascade=background dry-run=none field-manager=kubectl-replace f:filename* force? grace-period#=-1 k:kustomize o:output raw R:recursive? save-config? show-managed-fields? subresource template timeout~ validate=strict wait?",
  "wait":
    "all? A:all-namespaces? allow-missing-template-keys?=true field-selector f:filename* for local? o:output R:recursive?=true l:selector show-managed-fields? template timeout~=30s",
  "kustomize":
    "as-current-user? enable-alpha-plugins? enable-helm? e:env+ helm-api-versions* helm-command=helm helm-debug? helm-kube-version load-restrictor=LoadRestrictionsRootOnly mount+ network? network-name=bridge o:output",
  "label":
    "all? A:all-namespaces? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-label field-selector f:filename* k:kustomize list? local? o:output overwrite? R:recursive? resource-version l:selector show-managed-fields? template",
  "annotate":
    "all? A:all-namespaces? allow-missing-template-keys?=true dry-run=none field-manager=kubectl-annotate field-selector f:filename* k:kustomize list? local? o:output overwrite? R:recursive? resource-version l:selector show-managed-fields? template",
  "completion":
    "",
  "alpha":
    "",
  "alpha kuberc":
    "",
  "alpha kuberc set":
    "appendarg* command kuberc name option+ overwrite? prependarg* section",
  "alpha kuberc view":
    "allow-missing-template-keys?=true kuberc o:output=yaml show-managed-fields? template",
  "api-resources":
    "api-group cached? categories* namespaced?=true no-headers? o:output show-managed-fields? sort-by verbs*",
  "api-versions":
    "",
  "config":
    "",
  "config current-context":
    "",
  "config delete-cluster":
    "",
  "config delete-context":
    "",
  "config delete-user":
    "",
  "config get-clusters":
    "",
  "config get-contexts":
    "no-headers? o:output",
  "config get-users":
    "",
  "config rename-context":
    "",
  "config set":
    "set-raw-bytes?",
  "config set-cluster":
    "certificate-authority embed-certs? insecure-skip-tls-verify? proxy-url server tls-server-name",
  "config set-context":
    "cluster current? n:namespace user",
  "config set-credentials":
    "auth-provider auth-provider-arg* client-certificate client-key embed-certs? exec-api-version exec-arg* exec-command exec-env+ exec-interactive-mode exec-provide-cluster-info? password token username",
  "config unset":
    "",
  "config use-context":
    "",
  "config view":
    "allow-missing-template-keys?=true flatten? merge?=true minify? o:output=yaml raw? show-managed-fields? template",
  "plugin":
    "",
  "plugin list":
    "name-only?",
  "version":
    "client? o:output",
  "GLOBAL":
    "as as-group+ as-uid as-user-extra+ cache-dir certificate-authority client-certificate client-key cluster context disable-compression? insecure-skip-tls-verify? kubeconfig kuberc log-flush-frequency~=5s match-server-version? n:namespace password profile=none profile-output=profile.pprof request-timeout=0 s:server tls-server-name token user username v:v# vmodule warnings-as-errors?",
};
