const APP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80, name: http}], env: [{name: A, value: x}]}
      volumes: [{name: tmp, emptyDir: {}}]
`;

/** Files that the commands of `groups.ts` read, in the directory in which they run. */
export const ONLINE_FILES: Readonly<Record<string, string>> = {
  "app.yaml": APP,
  "app-1.28.yaml": APP.replace("1.27", "1.28"),
  "app-1.29.yaml": APP.replace("1.27", "1.29"),
  "app-3.yaml": APP.replace("replicas: 2", "replicas: 3"),
  "app-imagee.yaml": APP.replace("image:", "imagee:"),
  "ssa.yaml": APP.replace("name: web}\nspec", "name: ssa}\nspec"),
  "empty-object.yaml": "{}",
  "nothing.yaml": "",
  "hello.yaml": "hello",
  "tab.yaml": "apiVersion: v1\nkind: ConfigMap\n\tmetadata: x\n",
  "pod.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web, tier: front}}\nspec:\n  containers:\n  - {name: c, image: 'nginx:1.27', ports: [{containerPort: 80, name: http}]}\n  - {name: side, image: busybox, command: [sleep, '3600']}\n",
  "node.yaml":
    'apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {zone: a, kubernetes.io/hostname: n1}}\nspec: {podCIDR: 10.244.9.0/24}\nstatus:\n  capacity: {cpu: "2", memory: 4Gi, pods: "110"}\n  allocatable: {cpu: "2", memory: 3Gi, pods: "110"}\n',
  "deploy.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: 'nginx:1.27'}\n",
  "two.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, labels: {set: two}}\ndata: {a: '1'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two, labels: {set: two}}\ndata: {b: '2'}\n",
  "list.json":
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"l1"}},{"apiVersion":"v1","kind":"Secret","metadata":{"name":"l2"},"stringData":{"p":"v"}}]}',
  "sts.yaml":
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  replicas: 1\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec:\n      containers: [{name: db, image: postgres, volumeMounts: [{name: data, mountPath: /data}]}]\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
  "ds.yaml":
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}}\n    spec:\n      nodeSelector: {disk: ssd}\n      containers: [{name: agent, image: 'agent:1', resources: {limits: {cpu: 100m, memory: 64Mi}, requests: {cpu: 50m}}}]\n",
  "pv.yaml":
    "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv1}\nspec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce, ReadOnlyMany], hostPath: {path: /data}, storageClassName: manual}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c1}\nspec: {accessModes: [ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 1Gi}}}\n---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}\nprovisioner: example.com/disk\nparameters: {type: ssd}\nallowVolumeExpansion: true\n",
  "netpol.yaml":
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np}\nspec:\n  podSelector: {matchLabels: {app: web}}\n  policyTypes: [Ingress, Egress]\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {role: api}}\n    - namespaceSelector: {matchLabels: {team: x}}\n    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n    ports: [{port: 80, protocol: TCP}]\n  egress:\n  - {}\n",
  "ingress.yaml":
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: site, annotations: {example.com/rewrite: /}}\nspec:\n  ingressClassName: nginx\n  tls: [{hosts: [a.example.com], secretName: tls}]\n  rules:\n  - host: a.example.com\n    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /api, pathType: Exact, backend: {service: {name: api, port: {name: http}}}}]}\n  defaultBackend: {service: {name: fallback, port: {number: 8080}}}\n",
  "limits.yaml":
    "apiVersion: v1\nkind: LimitRange\nmetadata: {name: lr}\nspec:\n  limits:\n  - type: Container\n    default: {cpu: 200m}\n    defaultRequest: {cpu: 100m}\n    max: {cpu: '1'}\n    min: {cpu: 50m}\n    maxLimitRequestRatio: {cpu: '4'}\n  - type: PersistentVolumeClaim\n    min: {storage: 1Gi}\n    max: {storage: 10Gi}\n",
  "crd.yaml":
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: crontabs.stable.example.com}\nspec:\n  group: stable.example.com\n  scope: Namespaced\n  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}\n    additionalPrinterColumns:\n    - {name: Spec, type: string, jsonPath: .spec.cronSpec}\n    - {name: Replicas, type: integer, jsonPath: .spec.replicas, priority: 1}\n    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            required: [cronSpec]\n            properties:\n              cronSpec: {type: string, pattern: '^(\\S+\\s+){4}\\S+$'}\n              replicas: {type: integer, minimum: 1, maximum: 10, default: 1}\n          status:\n            type: object\n            properties: {replicas: {type: integer}}\n",
  "ct.yaml":
    "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: mine}\nspec: {cronSpec: '* * * * *', replicas: 3}\n",
  "ct-bad.yaml":
    "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: bad}\nspec: {cronSpec: 'x', replicas: 30, colour: red}\n",
  "pod-unknown.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: odd}\nspec:\n  containers: [{name: c, image: nginx, imagePolicy: Never}]\n  restartpolicy: Never\n",
  "pod-type.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: odd}\nspec:\n  containers: [{name: c, image: nginx, ports: [{containerPort: abc}]}]\n",
  "pod-invalid.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: Odd_Name}\nspec:\n  restartPolicy: Sometimes\n  containers:\n  - {name: c, image: ''}\n  - {name: c, image: nginx, volumeMounts: [{name: nope, mountPath: /x}]}\n",
  "nokind.yaml": "apiVersion: v1\nmetadata: {name: x}\n",
  "noversion.yaml": "kind: Pod\nmetadata: {name: x}\n",
  "unknown-kind.yaml": "apiVersion: v1\nkind: Podd\nmetadata: {name: x}\n",
  "old-version.yaml": "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: x}\n",
  "noname.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
  "generate.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: gen-}\n",
  "patch.yaml": "spec: {replicas: 7}\n",
  "app.properties": "a=1\nb=2\n",
  "rbac.yaml":
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules:\n- {apiGroups: ['', apps], resources: [pods, deployments], verbs: [get, list]}\n- {nonResourceURLs: [/healthz], verbs: [get]}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: readers}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}\nsubjects:\n- {kind: Group, name: devs, apiGroup: rbac.authorization.k8s.io}\n- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}\n- {kind: ServiceAccount, name: bot, namespace: default}\n",
};
