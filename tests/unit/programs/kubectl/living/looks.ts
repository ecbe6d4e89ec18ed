import { type LineGroup, lineGroup } from "../line-group.ts";

/** Command lines that only look: both clients are asked in the very same world. */
export const LOOKS: readonly LineGroup[] = [
  lineGroup(
    "lists",
    `
    get pods
    get pods -n shop
    get pods -n shop -o wide
    get pods -A
    get pods -A -o wide
    get po -n shop --show-labels
    get pods -n shop -L app,tier
    get pods -n shop --sort-by=.metadata.name -o name
    get pods -n shop --sort-by='.status.containerStatuses[0].restartCount'
    get pods -n shop --sort-by=.spec.nodeName
    get pods -A --field-selector spec.nodeName=ip-10-0-1-11
    get pods -n shop --field-selector status.phase=Pending
    get pods -n shop --field-selector status.phase!=Running,spec.restartPolicy=Never -o wide
    get pods -n shop -l 'tier in (front,back)'
    get pods -n shop -l app!=web --no-headers
    get pods -n shop crash rich -o wide --show-labels
    get pods -n shop crash -o name
    get pods -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,NODE:.spec.nodeName,IMAGES:.spec.containers[*].image
    get pods -n shop -o custom-columns=NAME:.metadata.name,REASON:.status.containerStatuses[*].state.waiting.reason --no-headers
    get pods -n shop -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\t"}{.status.podIP}{"\\n"}{end}'
    get pods -n shop -o jsonpath='{.items[?(@.status.phase=="Failed")].metadata.name}'
    get pods -n shop -o jsonpath='{.items[*].status.containerStatuses[*].restartCount}'
    get pods -n shop -o go-template='{{range .items}}{{.metadata.name}}: {{range .status.conditions}}{{.type}}={{.status}} {{end}}{{"\\n"}}{{end}}'
    get pod rich -n shop -o yaml
    get pod rich -n shop -o json
    get pod crash -n shop -o yaml
    get pod crash -n shop -o jsonpath='{.status.containerStatuses[0].lastState.terminated.exitCode}'
    get pod rich -n shop -o jsonpath='{.status}'
    get pod rich -n shop -o yaml --show-managed-fields
    get pod rich -n shop -o kyaml
    get all -n shop
    get all -A
    get all -n shop -o wide
    get deploy,rs -n shop -o wide
    get deploy -A
    get rs -n shop -o wide
    get sts,ds -n shop -o wide
    get jobs,cronjobs -n shop -o wide
    get cj -n shop
    get svc,ep,endpointslices -n shop
    get svc -A -o wide
    get endpointslices -n shop -o wide
    get ing,ingressclass,netpol -n shop -o wide
    get hpa,pdb,quota,limits -A
    get pv,pvc,sc -n shop
    get pv -o wide
    get pvc -A -o wide
    get pv --sort-by=.spec.capacity.storage
    get cm,secret,sa -n shop
    get cm -A
    get secret -A
    get secret login -n shop -o jsonpath='{.data.password}'
    get secret login -n shop -o go-template='{{.data.password | base64decode}}'
    get roles,rolebindings -A -o wide
    get clusterroles
    get clusterrolebindings -o wide
    get nodes
    get nodes -o wide
    get nodes --show-labels
    get nodes -L zone,kubernetes.io/os
    get no ip-10-0-1-11 -o yaml
    get nodes -o jsonpath='{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'
    get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key
    get ns
    get ns --show-labels
    get ns leaving -o yaml
    get cm -n leaving clingy -o yaml
    get csr
    get csr -o wide
    get csr granted -o jsonpath='{.status.conditions[*].type}'
    get pc
    get pc -o wide
    get leases -A
    get lease -n kube-node-lease
    get events -n shop
    get events -A
    get events -n shop -o wide
    get events -n shop --sort-by=.lastTimestamp
    get events -n shop --sort-by=.metadata.creationTimestamp
    get events -n shop --field-selector type=Warning
    get events -n shop --field-selector involvedObject.name=crash,reason=BackOff
    get ev -n shop --field-selector involvedObject.kind=Node
    get controllerrevisions -n shop
    get crd
    get ct -A
    get ct -n shop -o wide
    get ct -n shop mine -o yaml
    get apiservices
    get cs
    get csinodes
    get csidrivers,volumeattachments,runtimeclasses
    get podtemplates,rc -A
    get validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies
    get servicecidrs,ipaddresses
    get flowschemas,prioritylevelconfigurations
    get nothing -n shop
    get pods -n nowhere
    get pod/crash deploy/web svc/web -n shop
    get pods nosuch crash -n shop
    get -f shop.yaml
    get -f pods.yaml -o name
    get deploy/web -n shop -o jsonpath='{.status.conditions[?(@.type=="Progressing")].reason}'
    get deploy stuck -n shop -o yaml
    get rs -n shop -l app=web -o yaml
    get sts db -n shop -o yaml
    get ds agent -n shop -o yaml
    get job three -n shop -o yaml
    get job hopeless -n shop -o yaml
    get cj ticker -n shop -o yaml
    get svc web -n shop -o yaml
    get endpoints web -n shop -o yaml
    get endpointslices -n shop -l kubernetes.io/service-name=web -o yaml
    get hpa web -n shop -o yaml
    get hpa.v1.autoscaling web -n shop -o yaml
    get pdb web -n shop -o yaml
    get pv disk0 -o yaml
    get pvc data-db-0 -n shop -o yaml
    get quota budget -n shop -o yaml
    get csr granted -o yaml
    get events.v1.events.k8s.io -n shop --field-selector reason=BackOff
    `,
  ),
  lineGroup(
    "descriptions",
    `
    describe pod rich -n shop
    describe pod crash -n shop
    describe pod done -n shop
    describe pod failed -n shop
    describe pod noimage -n shop
    describe pod huge -n shop
    describe pod nowhere -n shop
    describe pod noclaim -n shop
    describe pod noconfig -n shop
    describe pod novolume -n shop
    describe pod nocommand -n shop
    describe pod initfail -n shop
    describe pod initwait -n shop
    describe pod unready -n shop
    describe pod unlively -n shop
    describe pod gated -n shop
    describe pod oom -n shop
    describe pod db-0 -n shop
    describe pods -n shop -l app=web
    describe pods
    describe pod etcd-ip-10-0-1-10 -n kube-system
    describe pod -n kube-system -l k8s-app=kube-dns
    describe pod -n kube-system -l k8s-app=kube-proxy
    describe pod -n kube-system kube-apiserver-ip-10-0-1-10
    describe nodes
    describe node ip-10-0-1-11
    describe node ghost
    describe node ip-10-0-1-10 --show-events=false
    describe deploy web -n shop
    describe deploy stuck -n shop
    describe deploy still -n shop
    describe deploy -n kube-system coredns
    describe rs -n shop
    describe sts db -n shop
    describe ds agent -n shop
    describe ds -n kube-system kube-proxy
    describe job three -n shop
    describe job hopeless -n shop
    describe job slow -n shop
    describe cj ticker -n shop
    describe cronjob asleep -n shop
    describe svc -n shop
    describe svc web -n shop
    describe svc kubernetes
    describe ep web -n shop
    describe endpointslices -n shop
    describe hpa web -n shop
    describe hpa.v1.autoscaling web -n shop
    describe pdb -n shop
    describe ing site -n shop
    describe ingressclass nginx
    describe netpol -n shop
    describe pv
    describe pvc -n shop
    describe pvc waiting -n shop
    describe sc fast
    describe secret login -n shop
    describe secrets -n kube-system
    describe cm settings -n shop
    describe cm fixed -n shop
    describe cm -n kube-system coredns
    describe sa robot -n shop
    describe sa -n shop default
    describe role reader -n shop
    describe rolebinding -n shop
    describe clusterrole system:node
    describe clusterrole view
    describe clusterrole system:controller:job-controller
    describe clusterrolebinding cluster-admin
    describe quota -n shop
    describe quota tight -n small
    describe limits -n small
    describe ns shop
    describe ns small
    describe ns leaving
    describe ns kube-system
    describe lease -n kube-system kube-scheduler
    describe lease -n kube-node-lease ip-10-0-1-11
    describe csr asked
    describe csr granted
    describe csr denied
    describe pc high
    describe pc system-node-critical
    describe crd crontabs.stable.example.com
    describe ct mine -n shop
    describe controllerrevision -n shop
    describe apiservice v1.apps
    describe flowschema catch-all
    describe prioritylevelconfiguration system
    describe csinode ip-10-0-1-11
    describe servicecidr kubernetes
    describe ipaddress
    describe po/crash deploy/web -n shop
    describe -f oom.yaml
    describe pod we -n shop
    describe pod zzz -n shop
    describe deploy -n nowhere
    `,
  ),
  lineGroup(
    "logs and rollouts",
    `
    logs rich -n shop
    logs rich -n shop -c helper
    logs rich -n shop -c helper --prefix
    logs rich -n shop -c helper --prefix --timestamps --tail=1
    logs rich -n shop -c prepare
    logs rich -n shop -c nope
    logs crash -n shop
    logs crash -n shop --previous
    logs crash -n shop -p --tail=1
    logs crash -n shop --timestamps
    logs done -n shop
    logs done -n shop --previous
    logs done -n shop -f
    logs huge -n shop
    logs noimage -n shop
    logs noconfig -n shop
    logs initfail -n shop
    logs initfail -n shop -c prepare
    logs initwait -n shop
    logs gated -n shop
    logs oom -n shop
    logs deploy/web -n shop
    logs deploy/stuck -n shop
    logs job/three -n shop
    logs job/hopeless -n shop
    logs ds/agent -n shop
    logs sts/db -n shop
    logs svc/web -n shop
    logs -l app=agent -n shop
    logs -l job-name=three -n shop
    logs -n kube-system -l component=etcd --tail=3
    logs -n kube-system kube-scheduler-ip-10-0-1-10 --tail=5
    logs -n kube-system kube-scheduler-ip-10-0-1-10 --limit-bytes=100
    logs -n kube-system etcd-ip-10-0-1-10 --since=1s
    logs crash -n shop --since-time=2026-11-22T09:00:00Z
    logs -f done failed -n shop
    logs nosuch -n shop
    rollout history deploy/web -n shop
    rollout history deploy/web -n shop --revision=1
    rollout history deploy/web -n shop --revision=2
    rollout history deploy/web -n shop --revision=9
    rollout history deploy -n shop
    rollout history ds/agent -n shop
    rollout history ds/agent -n shop --revision=1
    rollout history sts/db -n shop
    rollout history sts/db -n shop --revision=1
    rollout history deploy/web -n shop -o yaml --revision=1
    rollout history ds/agent -n shop -o yaml
    rollout history sts/db -n shop -o json --revision=1
    rollout history deploy/web -n shop -o name
    rollout history job/three -n shop
    rollout status deploy/web -n shop
    rollout status deploy/stuck -n shop
    rollout status deploy/stuck -n shop --watch=false
    rollout status deploy/still -n shop --watch=false
    rollout status ds/agent -n shop
    rollout status sts/db -n shop
    rollout status deploy -n shop --watch=false
    rollout status deploy/web -n shop --revision=1
    rollout status job/three -n shop
    `,
  ),
  lineGroup(
    "events, waits and access",
    `
    events -n shop
    events -A
    events -n shop --for pod/crash
    events -n shop --for deploy/web
    events -n shop --for=job/hopeless --types=Warning
    events -n shop --types=Normal,Warning
    events -n shop --for pod/crash -o name
    events --for node/ip-10-0-1-11
    events -n leaving
    wait pod/rich -n shop --for=condition=Ready
    wait pod -n shop -l app=web --for=condition=Ready
    wait pod/unready -n shop --for=condition=Ready=false
    wait deploy/web -n shop --for=condition=Available --timeout=5s
    wait job/three -n shop --for=condition=complete
    wait pod/done -n shop --for=jsonpath='{.status.phase}'=Succeeded
    wait pod/rich -n shop --for=jsonpath='{.status.podIP}'
    wait pod/nosuch -n shop --for=delete
    wait node --all --for=condition=Ready --timeout=1s
    wait pod/unready -n shop --for=condition=Ready --timeout=1s
    wait pod/rich -n shop --for=create
    top nodes
    top pods -n shop
    top pod rich -n shop --containers
    auth can-i --list
    auth can-i --list -n shop
    auth can-i --list --as=jane -n shop
    auth can-i --list --as=system:serviceaccount:shop:robot -n shop
    auth can-i get pods --as=jane -n shop
    auth can-i delete pods --as=jane -n shop
    auth can-i get deployments/web --as=jane -n shop
    auth can-i get deployments/other --as=jane -n shop
    auth can-i '*' '*'
    auth can-i create pods --as=joe --as-group=devs -n shop
    auth can-i list secrets --as=joe --as-group=devs -n shop
    auth can-i get nodes --as=system:node:ip-10-0-1-11 --as-group=system:nodes
    auth can-i get /metrics --as=jane
    auth whoami
    get pods -n shop --as=jane
    get secrets -n shop --as=jane
    delete pod rich -n shop --as=jane
    get nodes --as=jane
    get pods -A --as=system:serviceaccount:shop:robot
    create deploy x --image=nginx --as=jane -n shop
    get --raw /readyz?verbose
    get --raw /livez?verbose
    get --raw /healthz/etcd
    get --raw /version
    get --raw /api
    get --raw /apis
    get --raw /
    get --raw /openapi/v3
    get --raw /api/v1/namespaces/shop/pods/crash/log
    get --raw /api/v1/nodes/ip-10-0-1-11/proxy/healthz
    get --raw /api/v1/namespaces/shop/services/web:http/proxy/
    get --raw /apis/metrics.k8s.io/v1beta1/nodes
    get --raw /api/v1/namespaces/shop/pods?limit=1
    get componentstatuses
    cluster-info
    api-resources
    api-resources --namespaced=true -o wide
    api-resources --api-group=stable.example.com
    api-versions
    explain pods
    explain pod.spec.containers
    explain pod.spec.containers.livenessProbe.httpGet
    explain deployment.spec.strategy
    explain ct
    explain ct.spec
    explain ct.spec.cronSpec
    explain ct.spec.colour
    explain pod.spec.volumes.hostPath.type
    explain pod.spec.restartPolicy
    explain pods --recursive
    explain ct --recursive
    explain ingress.spec.rules
    explain hpa.spec --api-version=autoscaling/v2
    explain cm
    explain nodes.status
    explain pod.nope
    diff -f shop.yaml
    diff -f web-4.yaml
    diff -f new.yaml
    apply -f web-4.yaml --dry-run=server
    apply -f shop.yaml --dry-run=client
    apply -f web-4.yaml --dry-run=server -o yaml
    kustomize overlay
    kustomize far
    kustomize lost
    kustomize empty
    kustomize old
    kustomize nosuch
    kustomize .
    apply -k overlay --dry-run=server
    diff -k overlay
    get -k overlay
    get pods -w --request-timeout=1s
    get svc -w -o name --request-timeout=1s
    get pods,svc -n shop -w
    `,
  ),
  lineGroup(
    "commands in containers",
    `
    exec rich -n shop -- printenv PLAIN EMPTY FROM_CM FROM_SECRET MY_CPU S_colour user
    exec rich -n shop -c helper -- cat /etc/hostname
    exec rich -n shop -c nope -- ls
    exec rich -n shop -- ls /config /all
    exec rich -n shop -- nope
    exec rich -n shop -- sh -c 'echo out; echo err >&2; exit 5'
    exec -i rich -n shop -c helper -- cat < new.yaml
    exec -i rich -n shop -c helper -- sh < script.sh
    exec deploy/web -n shop -- cat /etc/nginx/nginx.conf
    exec sts/db -n shop -- hostname
    exec svc/web -n shop -- hostname -f
    exec crash -n shop -- ls
    exec done -n shop -- ls
    exec huge -n shop -- ls
    exec noimage -n shop -- ls
    exec nosuch -n shop -- ls
    exec -n kube-system etcd-ip-10-0-1-10 -- etcdctl version
    exec standalone -- id
    exec standalone -- sh -c 'exit 300'
    exec standalone ls
    cp shop/rich:/etc/hostname copied
    cp new.yaml shop/rich:/tmp/new.yaml -c helper
    exec rich -n shop -c helper -- cat /tmp/new.yaml
    cp shop/rich:/etc/nginx copied-nginx
    attach huge -n shop
    attach done -n shop
    port-forward huge -n shop 8080:80
    port-forward svc/web -n shop 8080:81
    `,
  ),
];
