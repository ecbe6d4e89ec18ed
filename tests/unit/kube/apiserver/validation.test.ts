import { beforeAll, describe, expect, test } from "vitest";
import { KubectlServer } from "../../../support/kubectl-server.ts";

/** What the API server says of objects that can't be; the texts are those of upstream's validation. */
let server: KubectlServer;

beforeAll(() => {
  server = new KubectlServer();
  server.kubectl(["create", "sa", "default"]);
});

const POD = "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: c, image: i";
const pod = (container: string, spec = "") => `${POD}${container}}]${spec}}}`;
const deployment = (spec: string, template = "") =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]${template}}}${spec}}}`;
const service = (spec: string) => `{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {${spec}}}`;
const ingress = (spec: string) =>
  `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: x}, spec: {${spec}}}`;
const limits = (limit: string) =>
  `{apiVersion: v1, kind: LimitRange, metadata: {name: x}, spec: {limits: [{type: Container, ${limit}}]}}`;
const hpa = (spec: string) =>
  `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: x}, spec: {scaleTargetRef: {kind: Deployment, name: d}, ${spec}}}`;

const REFUSED: readonly (readonly [manifest: string, ...complaints: string[]])[] = [
  [
    pod(", env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.nope}}}]"),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nope": error converting fieldPath: field label not supported: spec.nope',
  ],
  [
    pod(", env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
    'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ],
  [
    pod(", ports: [{containerPort: 80, name: a_port_that_is_long}]"),
    'spec.containers[0].ports[0].name: Invalid value: "a_port_that_is_long": must be no more than 15 characters',
    'spec.containers[0].ports[0].name: Invalid value: "a_port_that_is_long": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  ],
  [
    pod(", livenessProbe: {httpGet: {port: 99999}, successThreshold: 2}"),
    "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
    "spec.containers[0].livenessProbe.httpGet.port: Invalid value: 99999: must be between 1 and 65535, inclusive",
  ],
  [
    pod("", ", tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}]"),
    "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set",
  ],
  [
    pod("", ", initContainers: [{name: i, image: i, readinessProbe: {exec: {command: [a]}}}]"),
    "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
  ],
  [
    deployment(", strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}"),
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ],
  [
    deployment(", strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}"),
    "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
  ],
  [
    deployment(", minReadySeconds: 600"),
    "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
  ],
  [
    deployment("", ", restartPolicy: Never"),
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    service("ports: [{port: 80, nodePort: 30080}]"),
    "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
  ],
  [
    service("ports: [{port: 80, name: a}, {port: 80, name: b}]"),
    'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
  ],
  [service("type: ExternalName"), "spec.externalName: Required value"],
  [ingress(""), "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
  [
    ingress(
      "rules: [{host: 1.2.3.4, http: {paths: [{path: api, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]",
    ),
    'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
    'spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path',
  ],
  [
    ingress("rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s}}}]}}]"),
    "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
  ],
  [
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: x}, spec: {podSelector: {}, ingress: [{from: [{}, {ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}], policyTypes: [In]}}",
    "spec.ingress[0].from[0]: Required value: must specify a peer",
    'spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
    'spec.policyTypes[0]: Unsupported value: "In": supported values: "Egress", "Ingress"',
  ],
  [
    "{apiVersion: v1, kind: ResourceQuota, metadata: {name: x}, spec: {hard: {foo: 1}}}",
    'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
  ],
  [
    limits("default: {cpu: 2}, max: {cpu: 1}"),
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than max value 1',
    'spec.limits[0].default[cpu]: Invalid value: "2": default value 2 is greater than max value 1',
  ],
  [
    limits("min: {cpu: 2}, max: {cpu: 1}"),
    'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
    'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
  ],
  [
    "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: x}, spec: {minAvailable: 150%}}",
    'spec.minAvailable: Invalid value: "150%": must not be greater than 100%',
  ],
  [
    "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: x}, value: 1000000001}",
    "value: Forbidden: maximum allowed value of a user defined priority is 1000000000",
  ],
  [
    "{apiVersion: v1, kind: Secret, metadata: {name: x}, type: kubernetes.io/tls, stringData: {a: b}}",
    "data[tls.crt]: Required value",
    "data[tls.key]: Required value",
  ],
  [
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: x}, rules: [{nonResourceURLs: [/a], verbs: [get]}, {verbs: [get]}, {apiGroups: [''], resources: [pods]}]}",
    'rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs',
    "rules[1].apiGroups: Required value: resource rules must supply at least one api group",
    "rules[1].resources: Required value: resource rules must supply at least one resource",
    "rules[2].verbs: Required value: verbs must contain at least one value",
  ],
  [
    hpa("maxReplicas: 0"),
    "spec.maxReplicas: Invalid value: 0: must be greater than 0",
    "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
  ],
  [
    hpa(
      "maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}}]",
    ),
    "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
  ],
  [
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: x}, spec: {accessModes: [Sometimes]}}",
    'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    "spec.resources[storage]: Required value",
  ],
];

describe("refuses", () => {
  test.each(REFUSED)("%s", (manifest, ...complaints) => {
    const kind = /kind: (\w+)/.exec(manifest)?.[1];
    const head = `The ${kind} "x" is invalid: `;
    const said =
      complaints.length === 1
        ? `${head}${complaints[0]}\n`
        : `${head}\n${complaints.map((one) => `* ${one}\n`).join("")}`;
    expect(server.kubectl(["create", "-f", "-"], manifest)).toMatchObject({ stdout: "", stderr: said, exitCode: 1 });
  });
});

test("a claim keeps its size until it is bound, and is told what differs", () => {
  const claim =
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: big}, spec: {accessModes: [ReadWriteOnce], storageClassName: s, resources: {requests: {storage: 50Gi}}}}";
  expect(server.kubectl(["create", "-f", "-"], claim).exitCode).toBe(0);
  const patch = '{"spec":{"resources":{"requests":{"storage":"60Gi"}}}}';
  expect(server.kubectl(["patch", "pvc", "big", "-p", patch]).stderr).toBe(
    [
      'The PersistentVolumeClaim "big" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      "@@ -6,7 +6,7 @@",
      '  "Resources": {',
      '   "Limits": null,',
      '   "Requests": {',
      '-   "storage": "50Gi"',
      '+   "storage": "60Gi"',
      "   }",
      "  },",
      '  "VolumeName": "",',
      "",
      "",
    ].join("\n"),
  );
});

test("a StatefulSet mounts its claims, which are among no volumes of its template", () => {
  const set =
    "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /data}]}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}";
  expect(server.kubectl(["create", "-f", "-"], set)).toMatchObject({
    stdout: "statefulset.apps/db created\n",
    stderr: "",
  });
});

test("a pattern that is none is refused with the kind that has it", () => {
  const kind = (schema: string) =>
    `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: as.example.com}, spec: {group: example.com, scope: Cluster, names: {plural: as, kind: A}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: ${schema}}}}}}}]}}`;
  const head =
    'The CustomResourceDefinition "as.example.com" is invalid: spec.validation.openAPIV3Schema.properties[spec].';
  const say = "must be a valid regular expression, but isn't: error parsing regexp:";
  expect(server.kubectl(["create", "-f", "-"], kind("{type: string, pattern: '+'}")).stderr).toBe(
    `${head}properties[a].pattern: Invalid value: "+": ${say} missing argument to repetition operator: \`+\`\n`,
  );
  expect(server.kubectl(["create", "-f", "-"], kind("{type: array, items: {type: string, pattern: '('}}")).stderr).toBe(
    `${head}properties[a].items.pattern: Invalid value: "(": ${say} missing closing ): \`(\`\n`,
  );
  expect(server.kubectl(["create", "-f", "-"], kind("{type: string, pattern: '^(a|b)+$'}")).stderr).toBe("");
});

test("a ConfigMap's size is counted in bytes", () => {
  const map = (letter: string, count: number) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { generateName: "big-" },
      data: { a: letter.repeat(count) },
    });
  const size = 1024 * 1024;
  expect(server.kubectl(["create", "-f", "-"], map("a", size)).stderr).toBe("");
  expect(server.kubectl(["create", "-f", "-"], map("é", size / 2)).stderr).toBe("");
  expect(server.kubectl(["create", "-f", "-"], map("é", size / 2 + 1)).stderr).toContain(
    "may not be more than 1048576 bytes",
  );
});
