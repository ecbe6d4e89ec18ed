import { type LineGroup, lineGroup } from "../line-group.ts";

/**
 * Command lines that change the world: each client has a twin of it. `pause SECONDS` lets both go on; lines that only look
 * tell whether the same has come of it.
 */
export const CHANGES: readonly LineGroup[] = [
  lineGroup(
    "rollouts",
    `
    rollout status deploy/stuck -n shop --timeout=1s
    set image deploy/web web=nginx:1.29 -n shop
    rollout status deploy/web -n shop
    get deploy web -n shop -o wide
    rollout history deploy/web -n shop
    rollout undo deploy/web -n shop
    rollout status deploy/web -n shop
    rollout history deploy/web -n shop
    rollout undo deploy/web -n shop --to-revision=1
    rollout undo deploy/web -n shop --to-revision=9
    rollout undo deploy/web -n shop --to-revision=1 --dry-run=server
    rollout undo ds/agent -n shop
    rollout undo sts/db -n shop
    rollout undo deploy/still -n shop
    rollout pause deploy/web -n shop
    rollout pause deploy/web -n shop
    set env deploy/web A=b -n shop
    rollout status deploy/web -n shop --timeout=1s
    rollout restart deploy/web -n shop
    rollout undo deploy/web -n shop
    describe deploy web -n shop
    rollout resume deploy/web -n shop
    rollout resume deploy/web -n shop
    rollout status deploy/web -n shop
    rollout restart ds/agent sts/db -n shop
    rollout restart deploy/nginx
    rollout restart deploy/nosuch -n shop
    rollout restart pod/rich -n shop
    rollout restart job/slow -n shop
    rollout pause ds/agent -n shop
    pause 60
    rollout status ds/agent -n shop
    rollout status sts/db -n shop
    rollout history ds/agent -n shop
    rollout history sts/db -n shop
    rollout undo ds/agent -n shop
    rollout undo sts/db -n shop --to-revision=1
    pause 60
    rollout history sts/db -n shop
    get ds,sts,deploy -n shop -o wide
    scale deploy/web --replicas=5 -n shop
    scale sts/db --replicas=0 -n shop
    scale deploy/web --replicas=2 --current-replicas=3 -n shop
    scale rs -l app=web --replicas=1 -n shop
    scale ds/agent --replicas=1 -n shop
    scale ct/mine --replicas=4 -n shop
    pause 30
    get deploy,sts,ct -n shop
    set resources deploy web -c=web --limits=cpu=100m,memory=64Mi -n shop
    set image deploy,ds --all '*=nginx:1.27' -n shop
    set sa deploy/web robot -n shop
    set selector svc web app=web,tier=front -n shop
    set subject rolebinding readers --user=joe -n shop
    pause 40
    get deploy web -n shop -o jsonpath='{.spec.template.spec}'
    describe svc web -n shop
    autoscale deploy still --min=2 --max=4 --cpu=50% -n shop
    autoscale deploy web --min=1 --max=3 --name=again -n shop
    expose deploy web --port=80 --target-port=http --name=shown -n shop
    expose deploy web --port=80 --type=NodePort -n shop --name=web
    expose pod rich --port=80 --name=rich -n shop
    expose svc web --port=81 --name=web2 -n shop
    expose rs -l app=web --port=80 -n shop
    pause 20
    get hpa -n shop
    get svc,endpointslices -n shop -l app=web
    `,
  ),
  lineGroup(
    "nodes",
    `
    cordon ip-10-0-1-11
    cordon ip-10-0-1-11
    cordon -l zone=a
    cordon nosuch
    get nodes
    describe node ip-10-0-1-11
    uncordon ip-10-0-1-11
    uncordon ip-10-0-1-11 ghost
    taint node ip-10-0-1-11 key=value:NoSchedule
    taint node ip-10-0-1-11 key=value:NoSchedule
    taint node ip-10-0-1-11 key=other:NoSchedule
    taint node ip-10-0-1-11 key=other:NoSchedule --overwrite
    taint node ip-10-0-1-11 key:NoExecute
    taint node ip-10-0-1-11 key=value:Sometimes
    taint node ip-10-0-1-11 nope-
    taint nodes --all spot=true:PreferNoSchedule
    pause 40
    get pods -n shop -o wide
    describe node ip-10-0-1-11
    taint node ip-10-0-1-11 key-
    taint node ip-10-0-1-11 key:NoSchedule-
    label node ip-10-0-1-11 disk=ssd
    label node ip-10-0-1-11 node-role.kubernetes.io/worker=
    label nodes --all a=b
    annotate node ghost why=gone
    get nodes --show-labels
    pause 10
    get pod nowhere -n shop -o wide
    drain ip-10-0-1-12 --force --delete-emptydir-data
    drain ip-10-0-1-12 --ignore-daemonsets
    drain ip-10-0-1-12 --ignore-daemonsets --force --pod-selector=app=failed --dry-run=client
    drain ip-10-0-1-12 --ignore-daemonsets --force --pod-selector=app=failed --dry-run=server
    drain ip-10-0-1-12 --ignore-daemonsets --force --pod-selector=app=failed
    get pod failed -n shop
    drain nosuch
    drain ghost
    pause 60
    get nodes
    uncordon ip-10-0-1-12
    delete node ghost
    get nodes
    `,
  ),
  lineGroup(
    "objects",
    `
    label pod rich colour=red -n shop
    label pod rich colour=blue -n shop
    label pod rich colour=blue --overwrite -n shop
    label pods -l app=web checked=yes -n shop
    label pods --all owner=me -n shop
    label pod rich colour- nothere- -n shop
    label ns shop team-
    annotate deploy web note='two words' -n shop
    annotate deploy --all note- -n shop
    annotate pod rich --list -n shop
    apply -f web-4.yaml
    apply -f web-4.yaml
    apply -f web-4.yaml --server-side
    apply -f web-4.yaml --server-side --force-conflicts
    apply -f new.yaml -o yaml
    diff -f new.yaml
    apply -k overlay
    get -k overlay
    delete -k overlay
    replace -f new.yaml
    replace --force -f new.yaml
    apply -f pair.yaml
    pause 5
    apply -f half.yaml --prune -l set=pair --prune-allowlist=apps/v1/ReplicaSet --cascade=orphan
    pause 10
    get rs,pods -l set=pair
    patch deploy web -n shop -p '{"spec":{"replicas":1}}'
    patch cm fixed -n shop -p '{"data":{"a":"c"}}'
    patch pvc data-db-0 -n shop -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'
    patch pod rich -n shop -p '{"spec":{"containers":[{"name":"main","image":"nginx:1.28"}]}}'
    patch svc web -n shop -p '{"spec":{"clusterIP":"10.96.0.99"}}'
    patch job three -n shop -p '{"spec":{"completions":9}}'
    patch cj ticker -n shop -p '{"spec":{"suspend":true}}'
    create job byhand --from=cronjob/ticker -n shop
    pause 30
    get jobs -n shop
    describe pod rich -n shop
    run quick --image=busybox -n shop --restart=Never -- echo hi
    pause 10
    logs quick -n shop
    get pod quick -n shop
    run asked -n shop --image=busybox --rm --attach --restart=Never --quiet -- echo hello
    create -f pods.yaml
    run one -n small --image=busybox --restart=Never -- sleep 1000
    run two -n small --image=nginx
    pause 10
    describe quota -n small
    get pods -n small -o jsonpath='{.items[*].spec.containers[*].resources}'
    certificate approve asked
    certificate approve asked granted
    certificate deny granted
    certificate approve nosuch
    pause 5
    get csr
    auth reconcile -f rbac.yaml
    create token robot -n shop --duration=20m -o jsonpath='{.kind}'
    delete pod done failed -n shop
    delete pod crash -n shop --grace-period=0 --force
    delete pod unready -n shop --wait=false
    delete pod nosuch -n shop
    delete pod -l app=noimage -n shop
    delete pods --field-selector status.phase=Pending -n shop
    delete pod/huge svc/nobody -n shop
    delete deploy stuck -n shop --cascade=orphan
    delete job three -n shop --cascade=foreground
    delete sts db -n shop
    delete svc web -n shop --dry-run=server
    delete cm --all -n shop
    pause 40
    get pods,rs,jobs,pvc -n shop
    delete pvc data-db-0 -n shop
    delete pv disk0 --wait=false
    pause 5
    get pv,pvc -n shop
    wait pod/rich -n shop --for=delete --timeout=1s
    delete ns small
    delete ns leaving --timeout=1s
    patch cm clingy -n leaving -p '{"metadata":{"finalizers":null}}'
    pause 10
    get ns
    delete crd crontabs.stable.example.com
    get ct -n shop
    delete -f shop.yaml --ignore-not-found --wait=false
    pause 60
    get ns
    get pods -A
    `,
  ),
];
