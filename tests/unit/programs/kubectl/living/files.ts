const POD = (name: string, spec: string, labels = `{app: ${name}}`) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: ${labels}}\nspec:\n${spec}`;

/** Pods in the states that a learner meets. */
const PODS = [
  POD("crash", '  containers: [{name: c, image: busybox, command: [sh, -c, "echo starting; echo oops >&2; exit 3"]}]'),
  POD("done", '  restartPolicy: Never\n  containers: [{name: c, image: busybox, command: [sh, -c, "echo all done"]}]'),
  POD("failed", '  restartPolicy: Never\n  containers: [{name: c, image: busybox, command: [sh, -c, "exit 7"]}]'),
  POD("noimage", '  containers: [{name: c, image: "nginx:nope"}]'),
  POD("huge", '  containers: [{name: c, image: nginx, resources: {requests: {cpu: "100"}}}]'),
  POD("nowhere", "  nodeSelector: {disk: ssd}\n  containers: [{name: c, image: nginx}]"),
  POD(
    "noclaim",
    "  containers: [{name: c, image: nginx}]\n  volumes: [{name: v, persistentVolumeClaim: {claimName: nope}}]",
  ),
  POD("noconfig", "  containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: nope}}]}]"),
  POD(
    "novolume",
    "  containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}]\n  volumes: [{name: v, secret: {secretName: nope}}]",
  ),
  POD("nocommand", "  containers: [{name: c, image: nginx, command: [/nope]}]"),
  POD(
    "initfail",
    '  initContainers: [{name: prepare, image: busybox, command: [sh, -c, "exit 1"]}]\n  containers: [{name: c, image: nginx}]',
  ),
  POD(
    "initwait",
    '  initContainers: [{name: prepare, image: busybox, command: [sleep, "36000"]}, {name: second, image: busybox}]\n  containers: [{name: c, image: nginx}]',
  ),
  POD(
    "unready",
    "  containers: [{name: c, image: nginx, readinessProbe: {exec: {command: [cat, /nope]}, periodSeconds: 5}}]",
  ),
  POD(
    "unlively",
    "  terminationGracePeriodSeconds: 2\n  containers: [{name: c, image: nginx, livenessProbe: {httpGet: {path: /nope, port: 80, httpHeaders: [{name: X-A, value: b}]}, periodSeconds: 3, failureThreshold: 2}}]",
  ),
  POD("gated", "  schedulingGates: [{name: example.com/gate}]\n  containers: [{name: c, image: nginx}]"),
  POD(
    "rich",
    `  serviceAccountName: robot
  priorityClassName: high
  hostname: rich
  subdomain: db
  nodeSelector: {kubernetes.io/os: linux}
  securityContext: {runAsUser: 0, fsGroup: 2000}
  tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}, {key: a, operator: Equal, value: b, effect: NoExecute, tolerationSeconds: 60}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: rich}}}]
  initContainers:
  - {name: prepare, image: busybox, command: [sh, -c, "echo prepared"]}
  - {name: sidecar, image: busybox, command: [sleep, "36000"], restartPolicy: Always}
  containers:
  - name: main
    image: nginx:1.27
    ports: [{containerPort: 80, name: http}, {containerPort: 443, protocol: TCP}, {containerPort: 53, protocol: UDP}]
    env:
    - {name: PLAIN, value: "some value"}
    - {name: EMPTY, value: ""}
    - {name: FROM_CM, valueFrom: {configMapKeyRef: {name: settings, key: colour, optional: true}}}
    - {name: FROM_SECRET, valueFrom: {secretKeyRef: {name: login, key: password}}}
    - {name: MY_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: MY_CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    envFrom: [{configMapRef: {name: settings}, prefix: S_}, {secretRef: {name: login, optional: true}}]
    resources: {limits: {cpu: 200m, memory: 128Mi}, requests: {cpu: 100m, memory: 64Mi}}
    livenessProbe: {httpGet: {path: /, port: http}, initialDelaySeconds: 3}
    readinessProbe: {tcpSocket: {port: 80}, timeoutSeconds: 2}
    startupProbe: {exec: {command: [ls, /]}, failureThreshold: 30}
    volumeMounts:
    - {name: config, mountPath: /config, readOnly: true}
    - {name: scratch, mountPath: /scratch, subPath: a}
    - {name: all, mountPath: /all}
    - {name: host, mountPath: /host}
    - {name: info, mountPath: /info}
  - {name: helper, image: busybox, command: [sh, -c], args: ["echo hello; sleep 36000"]}
  volumes:
  - {name: config, configMap: {name: settings, defaultMode: 256, items: [{key: colour, path: c}]}}
  - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 10Mi}}
  - {name: all, projected: {sources: [{secret: {name: login}}, {configMap: {name: settings}}, {serviceAccountToken: {path: token, expirationSeconds: 3600}}]}}
  - {name: host, hostPath: {path: /tmp, type: Directory}}
  - {name: info, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}`,
    "{app: rich, tier: back}",
  ),
];

const SHOP = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: x}, annotations: {example.com/owner: jane}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  colour: green
  nginx.conf: |
    server {
      listen 80;
    }
binaryData: {blob: AAECAw==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fixed, namespace: shop}
immutable: true
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
stringData: {user: joe, password: "s3cret word"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop, annotations: {note: hi}}
imagePullSecrets: [{name: registry}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
description: for what matters
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}, annotations: {kubernetes.io/change-cause: first}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{containerPort: 80, name: http}]
        resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {memory: 64Mi}}
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stuck, namespace: shop}
spec:
  replicas: 2
  progressDeadlineSeconds: 30
  selector: {matchLabels: {app: stuck}}
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: stuck}}
    spec: {containers: [{name: c, image: "nginx:1.27"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: still, namespace: shop}
spec:
  paused: true
  replicas: 1
  strategy: {type: Recreate}
  selector: {matchLabels: {app: still}}
  template:
    metadata: {labels: {app: still}}
    spec: {priorityClassName: high, topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: still}}}], containers: [{name: c, image: "nginx:1.27"}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: redis, volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: busybox, command: [sh, -c, "echo agent up; sleep 36000"]}]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk0, labels: {kind: slow}}
spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /srv/disk0}, storageClassName: manual, persistentVolumeReclaimPolicy: Retain}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk1}
spec:
  capacity: {storage: 5Gi}
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  local: {path: /srv/disk1}
  storageClassName: manual
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [ip-10-0-1-11]}]}]}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: share}
spec: {capacity: {storage: 100Gi}, accessModes: [ReadWriteMany], nfs: {server: nas, path: /x, readOnly: true}, mountOptions: [hard]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: driven}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: driven, csi: {driver: example.com, volumeHandle: v1, fsType: ext4, volumeAttributes: {a: b, c: d}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waiting, namespace: shop}
spec: {accessModes: [ReadWriteMany], storageClassName: fast, resources: {requests: {storage: 2Gi}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: example.com/disk
parameters: {type: ssd}
allowVolumeExpansion: true
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: batch/v1
kind: Job
metadata: {name: three, namespace: shop}
spec:
  completions: 3
  parallelism: 2
  template:
    spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "echo one of three"]}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: hopeless, namespace: shop}
spec:
  backoffLimit: 1
  activeDeadlineSeconds: 3600
  template:
    spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "exit 4"]}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: slow, namespace: shop}
spec:
  completionMode: Indexed
  completions: 2
  template:
    spec: {restartPolicy: OnFailure, containers: [{name: c, image: busybox, command: [sleep, "36000"]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: ticker, namespace: shop}
spec:
  schedule: "*/1 * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: OnFailure, containers: [{name: c, image: busybox, command: [date]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: asleep, namespace: shop}
spec:
  schedule: "0 3 * * 1-5"
  timeZone: Europe/Berlin
  suspend: true
  startingDeadlineSeconds: 100
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: OnFailure, containers: [{name: c, image: busybox}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: alt, port: 8080, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: NodePort, selector: {app: web}, sessionAffinity: ClientIP, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: cloud, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, externalIPs: [192.0.2.7], loadBalancerSourceRanges: [192.0.2.0/24], ports: [{port: 443, nodePort: 30443}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: nobody, namespace: shop}
spec: {selector: {app: unready}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: byhand, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: byhand-1, namespace: shop, labels: {kubernetes.io/service-name: byhand}}
addressType: IPv4
ports: [{port: 8080, name: "", protocol: TCP}]
endpoints: [{addresses: [192.0.2.1], conditions: {ready: true}}, {addresses: [192.0.2.2], conditions: {ready: false}, hostname: two, zone: a}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 5
  metrics:
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}
  behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 1, periodSeconds: 30}]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db, namespace: shop}
spec: {maxUnavailable: 25%, selector: {matchLabels: {app: db}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site, namespace: shop, annotations: {example.com/rewrite: /}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: tls}]
  defaultBackend: {service: {name: nope, port: {number: 80}}}
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /api, pathType: Exact, backend: {service: {name: web, port: {name: alt}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {}, podSelector: {matchExpressions: [{key: a, operator: In, values: [b, c]}]}}], ports: [{port: 6379, protocol: TCP}, {port: 7000, endPort: 7010}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: budget, namespace: shop}
spec: {hard: {pods: "60", services: "20", count/configmaps: "20", count/deployments.apps: "10", requests.storage: 50Gi}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}, {apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: robot, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editors, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: Group, name: devs, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: v1
kind: Namespace
metadata: {name: leaving}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: clingy, namespace: leaving, finalizers: [example.com/hold]}
---
apiVersion: v1
kind: Namespace
metadata: {name: small}
---
apiVersion: v1
kind: LimitRange
metadata: {name: sizes, namespace: small}
spec: {limits: [{type: Container, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}, min: {cpu: 50m}}, {type: Pod, max: {memory: 1Gi}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: tight, namespace: small}
spec: {hard: {pods: "1"}, scopes: [NotTerminating]}
---
apiVersion: v1
kind: Node
metadata: {name: ghost, labels: {kubernetes.io/hostname: ghost, zone: a, node-role.kubernetes.io/edge: ""}}
spec: {unschedulable: true, taints: [{key: dedicated, value: edge, effect: NoSchedule}]}
status: {capacity: {cpu: "4", memory: 8Gi, pods: "110"}, allocatable: {cpu: "4", memory: 7Gi, pods: "110"}}
`;

/** The kind of custom objects, and one of them. */
const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
    additionalPrinterColumns:
    - {name: Spec, type: string, jsonPath: .spec.cronSpec, description: when}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas, priority: 1}
    schema:
      openAPIV3Schema:
        type: object
        description: A thing that runs at times, as it is told by somebody who knows when that should be and how often it has to happen
        properties:
          spec:
            type: object
            properties:
              cronSpec: {type: string, description: "When it runs, in five fields: minute, hour, day of the month, month and day of the week, each a number, a list, a range or a star"}
              replicas: {type: integer, minimum: 1}
              colour: {type: string, enum: [red, green]}
          status: {type: object, properties: {replicas: {type: integer}}}
`;
const CR = `apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine, namespace: shop}
spec: {cronSpec: "* * * * */5", replicas: 2}
`;

/** A pod whose status somebody wrote who is no kubelet: killed for want of memory. */
const OOM_STATUS = `status:
  phase: Running
  podIP: 10.244.9.9
  containerStatuses:
  - name: c
    image: nginx
    imageID: docker.io/library/nginx@sha256:1
    ready: false
    restartCount: 4
    state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container}}
    lastState: {terminated: {reason: OOMKilled, exitCode: 137, startedAt: "2026-11-22T09:00:00Z", finishedAt: "2026-11-22T09:00:05Z", containerID: "containerd://abc"}}
`;

/** What makes the world in which kubectl is asked, for the first host's disk. */
export const LIVING_FILES: Readonly<Record<string, string>> = {
  "shop.yaml": SHOP,
  "pods.yaml": PODS.join("\n---\n"),
  "crd.yaml": CRD,
  "ct.yaml": CR,
  "oom.yaml": POD("oom", "  schedulerName: nobody\n  containers: [{name: c, image: nginx}]"),
  "oom-status.yaml": OOM_STATUS,
};

/** Lines that make it. */
export const LIVING_BEGINS: readonly string[] = [
  "kubectl apply -f shop.yaml -f crd.yaml",
  "kubectl apply -f pods.yaml -f oom.yaml -f ct.yaml",
  "kubectl patch pod oom -n shop --subresource=status --patch-file=oom-status.yaml",
  "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout jane.key -subj /O=devs/CN=jane -out jane.csr",
  ...["asked", "granted", "denied"].map(
    (name) =>
      `printf 'apiVersion: certificates.k8s.io/v1\\nkind: CertificateSigningRequest\\nmetadata: {name: ${name}}\\nspec: {signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], expirationSeconds: 86400, request: %s}\\n' "$(base64 -w0 jane.csr)" | kubectl create -f -`,
  ),
  "kubectl certificate approve granted",
  "kubectl certificate deny denied",
  "kubectl rollout status deploy/web -n shop --timeout=60s",
  "kubectl set image deploy/web web=nginx:1.28 -n shop",
  "kubectl annotate deploy/web kubernetes.io/change-cause=second --overwrite -n shop",
  "kubectl rollout status deploy/web -n shop --timeout=60s",
  "kubectl set image deploy/stuck c=nginx:nope -n shop",
  "kubectl delete ns leaving --wait=false",
  "sleep 200",
];

const WEB = (replicas: number, image: string) =>
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}, annotations: {kubernetes.io/change-cause: third}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 80, name: http}]
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
`;

const FRESH = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fresh, namespace: shop}\ndata: {a: b}\n";

const HALF = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: half, labels: {set: pair}}\n";

/** Files in the directory in which both clients are asked. */
export const ASKED_FILES: Readonly<Record<string, string>> = {
  ...LIVING_FILES,
  "web-4.yaml": WEB(4, "nginx:1.29"),
  "new.yaml": FRESH,
  "half.yaml": HALF,
  "pair.yaml": `${HALF}---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: half, labels: {set: pair}}
spec:
  replicas: 1
  selector: {matchLabels: {set: pair}}
  template: {metadata: {labels: {set: pair}}, spec: {containers: [{name: c, image: nginx}]}}
`,
  "rbac.yaml":
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: shop}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get, delete]}]\n",
  "script.sh": "for i in 1 2 3; do echo line $i; done\necho wrong >&2\nexit 4\n",
  "overlay/new.yaml": FRESH,
  "overlay/kustomization.yaml":
    "namespace: shop\nnamePrefix: my-\nlabels: [{pairs: {from: overlay}}]\nresources: [new.yaml]\nconfigMapGenerator: [{name: made, literals: [a=b]}]\n",
  "far/kustomization.yaml": "resources: [../new.yaml]\n",
  "lost/kustomization.yaml": "resources: [nosuch.yaml]\n",
  "empty/other.yaml": FRESH,
  "old/kustomization.yaml": "bases: [../overlay]\ncommonLabels: {is: old}\npatchesStrategicMerge: [patch.yaml]\n",
  "old/patch.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: my-fresh, namespace: shop}\ndata: {c: d}\n",
};
