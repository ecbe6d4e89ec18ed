import { type LineGroup, lineGroup } from "../line-group.ts";

/** What is asked of servers without controllers, scheduler or kubelets. */
export const ONLINE_GROUPS: readonly LineGroup[] = [
  lineGroup(
    "the everyday",
    `
    get ns
    get ns default -o yaml
    get nodes
    get pods -A -o wide
    get pods
    get foo
    get pod nosuch
    get pods nosuch --ignore-not-found
    get pods,foo
    get pods/a svc
    get pods -l 'app in nginx'
    get pods --field-selector spec.color=red
    get pods -A name
    get
    get ns,sa
    get ns default kube-system -o name
    get ns -o custom-columns=N:.metadata.name,P:.status.phase
    get ns --sort-by=.metadata.name --no-headers
    get ns -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'
    get ns -o go-template='{{range .items}}{{.metadata.name}} {{end}}'
    create cm a --from-literal=k=v
    create cm a --from-literal=k=v
    get cm a -o json
    get cm a -o yaml
    describe cm a
    create secret generic s --from-literal=p=v
    describe secret s
    create deployment two --image=nginx --replicas=2
    create deployment two --image=nginx
    get deploy
    get deploy two -o wide
    describe deploy two
    create sa bot
    describe sa bot
    create role r --verb=get,list --resource=pods
    describe role r
    create rolebinding rb --role=r --serviceaccount=default:bot
    describe rolebinding rb
    get role,rolebinding
    create service clusterip svc --tcp=80:8080
    get svc svc
    describe svc svc
    create quota q --hard=pods=10
    create job j --image=busybox -- echo hi
    create cronjob cj --image=busybox --schedule='*/1 * * * *' -- date
    get job,cronjob
    describe job j
    create ns dev
    describe ns dev
    apply -f - < app.yaml
    apply -f - < app.yaml
    apply -f - < app-1.28.yaml
    apply -f - --dry-run=server < app-1.29.yaml
    create -f - < app.yaml
    replace -f - < app-3.yaml
    apply -f - < app-imagee.yaml
    apply -f - < empty-object.yaml
    apply -f - < nothing.yaml
    apply -f - < hello.yaml
    apply -f - < tab.yaml
    apply --server-side -f - < ssa.yaml
    get deploy web -o yaml
    describe deploy web
    apply view-last-applied deploy/web
    scale deploy web --replicas=5
    scale deploy web --replicas=5 --current-replicas=9
    scale deploy nosuch --replicas=1
    set image deploy/web web=nginx:1.30
    set image deploy/web nope=nginx:1.30
    set env deploy/web B=y A-
    set resources deploy web --limits=cpu=200m
    label deploy web tier=front
    label deploy web tier=back
    label deploy web tier=back --overwrite
    label deploy web tier-
    annotate deploy web note=hi
    patch deploy web -p \\'{"spec":{"replicas":3}}\\'
    patch deploy web --type=merge -p \\'{"spec":{"replicas":3}}\\'
    patch deploy web --type=json -p \\'[{"op":"replace","path":"/spec/replicas","value":1}]\\'
    patch deploy web --type=foo -p '{}'
    rollout pause deploy/web
    rollout pause deploy/web
    rollout resume deploy/web
    rollout restart deploy/web
    rollout history deploy/web
    rollout status sa/bot
    expose deploy web --port=80 --target-port=8080 --name=exposed
    expose deploy web --name=noport
    expose cm a --port=80
    autoscale deploy web --min=2 --max=5 --cpu=70%
    get hpa
    auth can-i create pods
    auth can-i get foo
    get deploy web -o jsonpath='{.spec.template.spec.containers[*].image}'
    get deploy -l app=web --show-labels
    get deploy,cm -o name
    get all
    events
    wait --for=condition=Available deploy/web --timeout=1s
    delete deploy web
    delete deploy web
    delete cm a nosuch
    delete cm -l x=y
    delete pod
    delete ns default
    api-versions
    api-resources --api-group=apps -o wide
    version
    cluster-info
    top nodes
    logs nosuch
    exec nosuch -- ls
    exec
    cordon nosuch
    get --raw /livez
    get --raw /nope
    explain nope
    describe nope
    describe pod nosuch
    `,
  ),
  lineGroup(
    "pods",
    `
    create -f pod.yaml
    get pods
    get pods -o wide
    get po web -o yaml
    get pods web -o jsonpath='{.spec.containers[*].name}'
    get pods web -o jsonpath='{range .spec.containers[*]}{.name}={.image}{"\\n"}{end}'
    get pods web -o jsonpath='{.spec.containers[?(@.name=="side")].image}'
    get pods web -o jsonpath-as-json='{.spec.containers[*].name}'
    get pods -o custom-columns=NAME:.metadata.name,IMG:.spec.containers[*].image,NONE:.spec.nope
    get pods -o custom-columns
    get pods -o custom-columns=NAME
    get pods -o go-template='{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'
    get pods -o go-template='{{.nope.deeper}}'
    get pods -o go-template='{{'
    get pods -o jsonpath='{.items[0'
    get pods -o jsonpath='{.items[9].metadata.name}'
    get pods -o jsonpath
    get pods -o nonsense
    get pods -o name
    get pods -L app,tier
    get pods -l app=web,tier!=back
    get pods -l 'tier in (front,back),app'
    get pods -l '!app'
    get pods -l 'a=b=c'
    get pods --field-selector status.phase=Pending
    get pods --field-selector spec.nodeName!=n1
    get pods --field-selector metadata.name=web,status.phase=Running
    get pods --show-kind
    get pods --no-headers
    get pods --sort-by=.metadata.creationTimestamp
    get pods --sort-by='{.metadata.name}' -o name
    get pods --sort-by=.nope
    get pods --sort-by=.nope -o name
    get pods --sort-by=.nope -o json
    get pod web --sort-by=.nope
    get pod web --sort-by=.nope -o name
    get ns --sort-by=.nope
    get ns --sort-by='{.metadata'
    get ns default kube-system --sort-by=.metadata.name
    get ns,pods --sort-by=.metadata.name
    get ns,pods --sort-by=.kind
    get ns --sort-by=.nope -o json
    get pods web nosuch
    get pods web nosuch -o name
    get pod/web cm/nosuch
    get pod/web cm
    get pods/
    get pods web -l app=web
    get all -l app=nothing
    get pods -n nowhere
    get pods -A --field-selector metadata.namespace=nowhere
    get -f pod.yaml
    get -f pod.yaml -o name
    get -f nofile.yaml
    get pods --chunk-size=1
    get pods -o wide --show-labels
    get pods --subresource=status
    get pods web --subresource=status -o jsonpath='{.status.phase}'
    get pods web --subresource=nope
    get pod web -o yaml --show-managed-fields
    describe pod web
    describe pods -l app=web
    describe po/web
    describe pod we
    describe -f pod.yaml
    describe pod web --show-events=false
    set image pod/web c=nginx:1.28
    set image pod/web *=busybox:1
    set image pods -l app=web c=nginx:1.29
    set env pod/web A=b
    label pod web x=y
    label pods --all batch=1
    annotate pod web note=hi
    annotate pod web note=ho
    annotate pod web note-
    annotate pod web --list
    patch pod web -p '{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}'
    patch pod web -p '{"spec":{"nodeName":"n1"}}'
    patch pod web -p '{"spec":{"terminationGracePeriodSeconds":5}}'
    patch pod web -p '{"spec":'
    patch pod web -p '[]'
    patch pod web --type=json -p '[{"op":"remove","path":"/metadata/labels/nope"}]'
    patch pod web --type=json -p '[{"op":"test","path":"/metadata/name","value":"x"}]'
    patch pod web --type=merge -p '{"metadata":{"labels":{"tier":null}}}'
    patch pod web
    patch pod nosuch -p '{}'
    replace -f pod.yaml
    replace --force -f pod.yaml
    logs web
    logs web -c nope
    logs web --all-containers --prefix
    exec web -- ls
    exec web -c nope -- ls
    exec web ls
    attach web
    attach pod web
    attach a b c
    cp web:/etc/hosts ./x
    cp a b
    port-forward nosuch 80
    port-forward web
    top pod
    delete pod web --dry-run=client
    delete pod web --dry-run=server
    delete pod web --now
    delete pod nosuch --ignore-not-found
    delete pods --all
    delete pod
    delete pods -l a=b --all
    run web --image=nginx --port=80 --expose
    run web2 --image=nginx --labels=a=b --env=X=1 --restart=OnFailure
    run web --image=nginx
    run bad --image=
    run Bad --image=nginx
    run x --image=nginx --restart=Foo
    run x --image='ng inx'
    run rm1 --image=nginx --rm
    run ov --image=nginx --overrides='{"spec":{"nodeName":"n9"}}'
    run cmd --image=busybox --command -- sleep 5
    get pods
    get pod/ov -o jsonpath='{.spec.nodeName}'
    delete pod/web svc/web
    delete pod ov --grace-period=0 --force
    delete pod ov --force --grace-period=5
    delete pod web2 --grace-period=0
    delete pod,svc --all
    `,
  ),
  lineGroup(
    "validation",
    `
    create -f pod-unknown.yaml
    create -f pod-unknown.yaml --validate=warn
    create -f pod-unknown.yaml --validate=false --dry-run=server
    create -f pod-unknown.yaml --validate=foo
    create -f pod-type.yaml
    create -f pod-invalid.yaml
    create -f nokind.yaml
    create -f noversion.yaml
    create -f unknown-kind.yaml
    create -f old-version.yaml
    create -f noname.yaml
    apply -f noname.yaml
    apply -f generate.yaml
    apply -f nokind.yaml
    apply -f unknown-kind.yaml
    apply -f nosuchdir/
    apply
    create
    create -f pod.yaml extra
    apply -k .
    delete -f unknown-kind.yaml
    create -f generate.yaml -o jsonpath='{.metadata.generateName}'
    create cm Bad_Name
    create cm a --from-literal='b d=1'
    create ns Bad_Name
    create ns kube-public
    create sa default
    create deployment Bad --image=x
    create deployment bad.dot --image=x --port=99999
    create service clusterip Bad --tcp=80
    create service clusterip b --tcp=80:80 --tcp=80:80
    create service clusterip b --tcp=0
    create service nodeport np --tcp=80 --node-port=80
    create service clusterip head --clusterip=None
    create service clusterip head2 --clusterip=None --tcp=80
    create service clusterip ip --clusterip=1.2.3.4 --tcp=80
    create service externalname en --external-name=
    create service externalname en --external-name=x.example.com
    create service externalname en2 --external-name=Bad_Name!
    create service loadbalancer lb --tcp=80:8080,443:8443
    get svc
    create job j --image=busybox --from=cronjob/x
    create job j --from=cronjob/x
    create job Bad --image=busybox
    create cronjob cj --image=busybox --schedule=never
    create cronjob cj --image=busybox
    create cronjob averyveryveryveryveryverylongnameforacronjobthatisover52chars --image=busybox --schedule='* * * * *'
    create quota q --hard=pods=abc
    create quota q --hard=foo=1
    create quota q --hard=pods=1 --scopes=Nope
    create pdb p --selector=a=b --min-available=1 --max-unavailable=1
    create pdb p --selector=a=b --min-available=150%
    create pdb p --selector=a=b
    create pdb p --min-available=1
    create priorityclass pc --value=2000000000
    create priorityclass pc --value=10 --global-default --description=x
    create priorityclass pc2 --value=10 --global-default
    create priorityclass pc3 --value=10 --preemption-policy=Sometimes
    create role r --verb=get --resource=nope
    create role r --verb=fly --resource=pods
    create role r --verb=get
    create role r --verb=get --resource=pods,deployments.apps,pods/log --resource-name=a
    create role r2 --verb=get --resource=nodes
    create clusterrole cr --verb=get --non-resource-url=/x
    create clusterrole cr2 --aggregation-rule=a=b
    create rolebinding rb --role=r
    create rolebinding rb --user=x
    create clusterrolebinding crb --clusterrole=cr --user=x --group=y --serviceaccount=default:bot
    create ingress i --rule=foo
    create ingress i --rule=a.example.com/=svc:80
    create ingress i2 --class=nginx --default-backend=d:80 --rule='b.example.com/x*=svc:http,tls=s'
    create secret tls t --cert=app.properties --key=app.properties
    create secret docker-registry dr --docker-server=x
    create secret generic s --type=kubernetes.io/basic-auth --from-literal=a=b
    create secret generic s --type=kubernetes.io/tls --from-literal=a=b
    create token nosuch
    create token default --duration=1s
    create token default --duration=x
    create token default --bound-object-kind=Pod
    get role,clusterrolebinding/crb,ingress,pdb,pc/pc,quota -o wide
    `,
  ),
  lineGroup(
    "workloads",
    `
    apply -f deploy.yaml
    apply -f sts.yaml
    apply -f ds.yaml
    get deploy,sts,ds,rs
    get deploy,sts,ds -o wide
    get deploy web -o yaml
    get sts db -o yaml
    get ds agent -o yaml
    describe sts db
    describe ds agent
    describe deploy web
    patch deploy web -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'
    patch deploy web -p '{"spec":{"replicas":-1}}'
    patch deploy web -p '{"spec":{"replicas":"two"}}'
    patch deploy web -p '{"spec":{"template":{"metadata":{"labels":{"app":"x"}}}}}'
    patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":null}]}}}}'
    patch deploy web -p '{"spec":{"strategy":{"type":"Recreate"}}}'
    patch deploy web -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'
    patch deploy web -p '{"spec":{"strategy":{"type":"Nope"}}}'
    patch deploy web -p '{"spec":{"foo":1}}'
    patch deploy web --type=json -p '[{"op":"replace","path":"/spec/nope/x","value":1}]'
    patch deploy web --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/-","value":{"name":"two","image":"x"}}]'
    patch deploy web --patch-file=patch.yaml
    patch deploy web --patch-file=patch.yaml --subresource=scale --type=merge
    patch sts db -p '{"spec":{"serviceName":"x"}}'
    patch sts db -p '{"spec":{"volumeClaimTemplates":[]}}'
    patch ds agent -p '{"spec":{"updateStrategy":{"type":"OnDelete"}}}'
    scale sts db --replicas=3
    scale ds agent --replicas=3
    scale deploy/web sts/db --replicas=1
    scale --replicas=2 -f deploy.yaml
    scale deploy web --replicas=-1
    scale deploy web
    scale deploy --all --replicas=0
    scale deploy web --replicas=3 --resource-version=1
    autoscale deploy web --max=3
    autoscale deploy web --min=5 --max=3 --name=x
    autoscale deploy web
    autoscale deploy web --max=3 --cpu-percent=50 --name=y
    autoscale ds agent --max=3
    get hpa
    describe hpa y
    delete hpa y
    set image deploy web web=nginx:9 two=x:2
    set image deploy,sts --all *=foo:1
    set image deploy web
    set image -f deploy.yaml web=x:9 --local -o name
    set resources deploy web -c=web --requests=cpu=1,memory=1Gi --limits=cpu=500m
    set resources deploy web --limits=nope
    set resources deploy web
    set env deploy/web --list
    set env deploy/web A=1 B=2
    set env deploy/web --list
    set env deploy/web A- --containers=web
    set env deploy/web --from=configmap/nosuch
    set env deploy/web nonsense
    set serviceaccount deploy web bot
    set sa deploy/web
    set selector svc nosuch a=b
    rollout history deploy/web
    rollout history sts/db
    rollout history ds/agent
    rollout history deploy/web --revision=9
    rollout undo deploy/web
    rollout undo deploy/web --to-revision=9
    rollout restart sts/db
    rollout restart deploy
    rollout restart pod/x
    rollout pause sts/db
    rollout pause deploy/web
    set image deploy/web web=nginx:3
    rollout restart deploy/web
    rollout status deploy/web --timeout=1s
    rollout resume deploy/web
    rollout resume deploy/web
    rollout status deploy/nosuch
    rollout status ds/agent --watch=false
    rollout status sts/db --timeout=1s
    rollout
    rollout nope
    rollout status
    expose deploy web --port=80
    expose deploy web --port=80
    expose deploy web --port=80 --type=NodePort --name=np --target-port=http
    expose deploy web --port=80 --type=Nope --name=x
    expose svc web --port=81 --name=web2
    expose rs nosuch --port=1
    expose deploy web --port=99999 --name=x
    expose pod nosuch
    get svc -o wide
    describe svc web np
    delete deploy web --cascade=orphan --wait=false
    delete deploy web --cascade=sideways
    delete sts,ds --all
    delete -f deploy.yaml
    delete -f deploy.yaml --ignore-not-found
    delete all --all
    delete deploy --all --all-namespaces
    `,
  ),
  lineGroup(
    "apply",
    `
    apply -f two.yaml
    apply -f two.yaml
    apply -f two.yaml --dry-run=client
    get cm -l set=two
    get cm one -o yaml
    apply view-last-applied cm/one
    apply view-last-applied cm/one -o json
    apply view-last-applied cm/nosuch
    apply view-last-applied -f two.yaml
    create cm bare
    apply view-last-applied cm/bare
    apply set-last-applied -f two.yaml
    apply set-last-applied -f pod.yaml
    apply set-last-applied -f noname.yaml --create-annotation
    apply -f list.json
    get cm/l1 secret/l2
    get secret l2 -o yaml
    describe secret l2
    diff -f two.yaml
    diff -f deploy.yaml
    diff -f nofile
    diff
    apply -f two.yaml --dry-run=client
    apply -f two.yaml --dry-run=server
    apply -f two.yaml --dry-run=foo
    apply -f two.yaml --server-side
    apply -f two.yaml --server-side --field-manager=other
    apply -f two.yaml --server-side --field-manager=other --force-conflicts
    apply -f two.yaml --force-conflicts
    apply -f two.yaml -o yaml --dry-run=client
    apply -f two.yaml -o name
    apply -f two.yaml -l set=one
    apply -f two.yaml --prune -l set=two
    apply -f two.yaml --prune
    apply -f two.yaml --server-side --dry-run=client
    patch cm one -p '{"data":{"a":"9"}}'
    apply -f two.yaml --server-side
    annotate cm one kubectl.kubernetes.io/last-applied-configuration-
    apply -f two.yaml
    replace -f two.yaml
    replace -f deploy.yaml
    replace
    create -f two.yaml --save-config
    patch cm one -p '{"immutable":true}'
    patch cm one -p '{"data":{"a":"10"}}'
    patch cm one -p '{"immutable":false}'
    patch cm one -p '{"data":null}'
    patch secret l2 -p '{"type":"kubernetes.io/tls"}'
    patch secret l2 -p '{"immutable":true}'
    patch secret l2 -p '{"stringData":{"p":"w"}}'
    patch secret l2 -p '{"data":{"p":"not base64!"}}'
    patch cm one -p '{"metadata":{"name":"x"}}'
    patch cm one -p '{"metadata":{"namespace":"x"}}'
    patch cm one -p '{"metadata":{"resourceVersion":"1"}}'
    patch cm one -p '{"metadata":{"resourceVersion":"x"}}'
    patch cm one -p '{"metadata":{"uid":"x"}}'
    patch cm one -p '{"metadata":{"finalizers":["x"]}}'
    patch cm one -p '{"metadata":{"finalizers":["example.com/x"]}}'
    delete cm one --wait=false
    get cm one -o jsonpath='{.metadata.finalizers}'
    delete cm one --timeout=1s
    patch cm one -p '{"metadata":{"finalizers":["example.com/x","example.com/y"]}}'
    patch cm one -p '{"metadata":{"finalizers":null}}'
    get cm one
    label cm two 'bad key=x'
    label cm two 'a=bad value!'
    label cm two a=b c
    label cm two
    label cm
    label cm --all a=b --dry-run=client
    label -f two.yaml z=1
    label cm two example.com/x=y /z=1
    label cm two a=b --resource-version=1
    label cm two a=b a-
    annotate cm two 'a b=c'
    annotate cm two
    annotate cm/two x=y --overwrite -o name
    delete -f two.yaml
    `,
  ),
  lineGroup(
    "nodes",
    `
    create -f node.yaml
    get nodes
    get nodes -o wide
    get node n1 -o yaml
    describe node n1
    label node n1 node-role.kubernetes.io/worker=
    get nodes -L zone
    taint node n1 key=value:NoSchedule
    taint node n1 key=value:NoSchedule
    taint node n1 key=other:NoSchedule
    taint node n1 key=other:NoSchedule --overwrite
    taint node n1 key:NoSchedule-
    taint node n1 key-
    taint node n1 dedicated:NoExecute
    taint node n1 a=b:Nope
    taint node n1 a=b
    taint node n1
    taint node n1 x=y:NoSchedule x=z:NoSchedule
    taint nodes --all q=w:PreferNoSchedule
    taint node nosuch a=b:NoSchedule
    taint nodes -l zone=b a=b:NoSchedule
    taint node n1 'bad key=x:NoSchedule'
    cordon n1
    cordon n1
    get nodes
    uncordon n1
    uncordon n1
    cordon
    cordon n1 nosuch
    cordon -l zone=a
    cordon -l zone=zz
    drain nosuch
    drain n1
    drain n1 --dry-run=client
    drain -l zone=zz
    uncordon n1 --dry-run=server
    run bare --image=nginx --overrides='{"spec":{"nodeName":"n1"}}'
    drain n1
    drain n1 --force --grace-period=0 --disable-eviction
    describe node n1
    top node
    top node n1
    top pod -A
    delete node n1
    patch node n1 -p '{"spec":{"podCIDR":"10.0.0.0/24"}}'
    get node n1
    `,
  ),
  lineGroup(
    "cluster things",
    `
    apply -f pv.yaml
    get pv,pvc,sc
    get pv,pvc,sc -o wide
    describe pv pv1
    describe pvc c1
    describe sc fast
    get pv pv1 -o yaml
    get pvc c1 -o yaml
    get sc fast -o yaml
    patch pvc c1 -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'
    patch sc fast -p '{"provisioner":"x"}'
    patch sc fast -p '{"parameters":{"type":"hdd"}}'
    patch pv pv1 -p '{"spec":{"persistentVolumeReclaimPolicy":"Nope"}}'
    patch pv pv1 -p '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}'
    patch pv pv1 -p '{"spec":{"hostPath":{"path":"/other"}}}'
    apply -f netpol.yaml
    get netpol
    describe netpol np
    get netpol np -o yaml
    apply -f ingress.yaml
    get ing
    describe ing site
    get ing site -o yaml
    apply -f limits.yaml
    get limits
    describe limits lr
    get limits lr -o yaml
    run lim --image=nginx
    get pod lim -o jsonpath='{.spec.containers[0].resources}'
    describe pod lim
    run big --image=nginx --overrides='{"spec":{"containers":[{"name":"big","image":"nginx","resources":{"limits":{"cpu":"2"}}}]}}'
    create quota q --hard=pods=2,requests.cpu=1,configmaps=3
    describe quota q
    get quota
    describe ns default
    create -f rbac.yaml
    describe clusterrole reader
    describe clusterrolebinding readers
    get clusterrolebinding readers -o wide
    auth reconcile -f rbac.yaml
    patch clusterrolebinding readers -p '{"roleRef":{"name":"x"}}'
    set subject clusterrolebinding readers --user=joe
    auth can-i list pods
    auth can-i list pods --as=jane
    auth can-i '*' '*'
    auth can-i get /healthz
    auth can-i get pods/log
    auth can-i get
    auth can-i fly pods
    auth can-i get pods -A
    auth can-i create deployments.apps -n kube-system
    auth can-i list nodes
    auth can-i list pods -q
    auth can-i get pods --subresource=log
    auth can-i get pods/x
    auth can-i --list --as=jane
    auth whoami
    auth whoami -o yaml
    auth whoami --as=jane --as-group=devs
    auth
    create pdb p --selector=app=web --min-available=50%
    get pdb
    describe pdb p
    create priorityclass high --value=1000
    get pc
    describe pc high
    patch pc high -p '{"value":5}'
    run prio --image=nginx --overrides='{"spec":{"priorityClassName":"high"}}'
    get pod prio -o jsonpath='{.spec.priority} {.spec.priorityClassName} {.spec.preemptionPolicy}'
    run prio2 --image=nginx --overrides='{"spec":{"priorityClassName":"nope"}}'
    run nosa --image=nginx --overrides='{"spec":{"serviceAccountName":"nope"}}'
    create cronjob cj --image=busybox --schedule='*/5 * * * *' -- date
    create job j --image=busybox -- date
    create job from --from=cronjob/cj
    get cj,job -o wide
    describe cronjob cj
    describe job from
    get job from -o yaml
    patch job j -p '{"spec":{"template":{"spec":{"restartPolicy":"Always"}}}}'
    patch job j -p '{"spec":{"suspend":true}}'
    patch job j -p '{"spec":{"completions":5}}'
    patch cronjob cj -p '{"spec":{"schedule":"nope"}}'
    patch cronjob cj -p '{"spec":{"suspend":true}}'
    patch cronjob cj -p '{"spec":{"concurrencyPolicy":"Nope"}}'
    get leases -A
    get endpointslices
    get endpoints
    get ep kubernetes
    get events
    get events --sort-by=.lastTimestamp
    events --for pod/nosuch
    events --types=Warning
    events --types=Nope
    get ingressclass
    get csr
    get componentstatuses
    get apiservices
    get apiservice v1.apps
    describe apiservice v1.apps
    get flowschemas
    get prioritylevelconfigurations
    get servicecidr
    get ipaddress
    get ns -o wide
    get sa -o wide
    `,
  ),
  lineGroup(
    "custom resources",
    `
    apply -f ct.yaml
    apply -f crd.yaml
    get crd
    get crd crontabs.stable.example.com -o jsonpath='{.status.acceptedNames.kind}'
    get ct
    apply -f ct.yaml
    get ct
    get ct -o wide
    get crontab mine -o yaml
    describe ct mine
    create -f ct-bad.yaml
    create -f ct-bad.yaml --validate=false
    scale ct mine --replicas=5
    patch ct mine -p '{"spec":{"replicas":2}}'
    patch ct mine --type=merge -p '{"spec":{"replicas":2}}'
    patch ct mine --type=merge -p '{"spec":{"replicas":20}}'
    patch ct mine --type=merge -p '{"spec":{"cronSpec":null}}'
    label ct mine a=b
    explain ct
    explain ct.spec
    explain ct.spec.nope
    api-resources --api-group=stable.example.com
    get crontabs.stable.example.com
    get crontabs.v1.stable.example.com
    get crontabs.v2.stable.example.com
    delete ct mine
    delete crd crontabs.stable.example.com
    get ct
    `,
  ),
  lineGroup(
    "discovery and usage",
    `
    api-resources -o name
    api-resources --namespaced=false --no-headers
    api-resources --verbs=list,patch --sort-by=kind
    api-resources --sort-by=foo
    api-resources --api-group=nope
    api-resources --categories=all
    api-resources extra
    api-versions
    version --client=false -o foo
    version -o yaml
    cluster-info
    cluster-info nope
    get --raw /version
    get --raw /api
    get --raw /healthz
    get --raw /readyz/ping
    get --raw /api/v1/namespaces/default/configmaps/nosuch
    get --raw /apis/apps/v1
    get --raw nope
    get --raw /a -o yaml
    delete --raw /api/v1/namespaces/default/configmaps/nosuch
    create --raw /api/v1/namespaces/default/configmaps -f noname.yaml
    explain pods.spec.nope
    explain pods --api-version=v2
    explain
    explain pods --output=nope
    config view
    config current-context
    config get-contexts
    config use-context nope
    config set-context --current --namespace=x
    config get-clusters
    config get-users
    config nope
    config
    completion
    completion nope
    nope
    nope x
    get --nope
    get -Z
    get pods -o
    get pods --context=nope
    get pods --user=nope
    get pods --cluster=nope
    get pods --kubeconfig=/nofile
    get pods --as=x --as-group=y
    get pods --request-timeout=abc
    get pods --request-timeout=-1
    --nope
    delet pods
    gett
    certificate
    certificate approve
    certificate approve nosuch
    certificate deny nosuch
    wait
    wait pod
    wait --for=delete pod/nosuch
    wait --for=condition=Ready pod/nosuch
    wait --for=condition=Ready pods --all
    wait --for=nope pod/x
    wait --for=jsonpath='{.x}'=1 ns/default --timeout=1s
    wait --for=jsonpath='{.status.phase}'=Active ns/default
    wait --for=jsonpath='{.status.phase}' ns/default
    wait --for=jsonpath='{.status.nope}' ns/default --timeout=1s
    wait --for=jsonpath=.status.phase=Active ns/default
    wait --for=create cm/nosuch --timeout=1s
    wait --for=condition=Ready ns/default --timeout=0
    wait --for=condition=Ready ns/default --timeout=1s
    describe
    describe pods
    describe nope x
    describe cm/kube-root-ca.crt
    describe ns kube-system
    describe svc kubernetes
    describe ep kubernetes
    describe endpointslice kubernetes
    describe sa default
    describe secret
    describe clusterrole view
    describe flowschema exempt
    logs
    logs deploy/nosuch
    logs -l a=b
    logs x y z
    logs x --tail=-5 --since=1h --since-time=now
    logs x --since-time=2024-01-01
    logs x --since-time=2024-13-01T00:00:00Z
    logs x --since-time=2024-01-01T25:00:00Z
    logs x --since-time='2024-01-01 10:00:00'
    logs x --since-time=2024-01-01T10:00:00Zx
    exec
    exec x
    exec -it
    attach
    cp
    debug
    debug x
    drain
    edit
    edit cm nosuch
    expose
    autoscale
    run
    run x
    scale
    set
    set image
    taint
    top
    top nope
    annotate
    auth can-i
    patch
    replace -f nofile
    create cm
    create deployment
    create secret
    create secret nope x
    create service
    create role
    create nope
    diff -f nofile.yaml
    kustomize nodir
    proxy --port=abc
    port-forward
    apply edit-last-applied
    apply view-last-applied
    rollout undo
    uncordon
    get cs
    get nodes.metrics.k8s.io
    get pods.v1
    get pods.v2
    get deployments.v1.apps
    get deployments.apps
    get deployments.extensions
    get secrets/x/y
    get pods a/b
    get ns/default/x
    get cm,secret -A -o name
    get ns default -o jsonpath='{.metadata.nope}'
    get ns default --allow-missing-template-keys=false -o jsonpath='{.metadata.nope}'
    get ns default --template='{{.metadata.name}}'
    get ns default -o template
    get ns default -o go-template-file=nofile
    get ns --output-watch-events
    get ns -o kyaml default
    get ns default -o=json
    get ns -ojson default
    `,
  ),
];
