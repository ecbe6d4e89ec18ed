/** What a reader does in a step. */
export type Deed =
  | { readonly predict: string }
  /** Runs the block whose first command begins so. */
  | { readonly run: string }
  /** Runs what the solution says. */
  | { readonly solve: true }
  /** Asks for a hint, which says this. */
  | { readonly hint: string }
  /** Has the world's time pass so much faster. */
  | { readonly speed: number };

export interface Step {
  readonly title: string;
  /** In order; then all checks pass. */
  readonly deeds: readonly Deed[];
  /** What the lesson says when the step is done. */
  readonly tells?: readonly (string | RegExp)[];
}

interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

const predict = (text: string): Deed => ({ predict: text });
const run = (command: string): Deed => ({ run: command });
const SOLVE: Deed = { solve: true };

/** A way through the first course that touches all that a lesson has: questions, hints, solutions, reports. */
export const COURSE_WAY: readonly Lesson[] = [
  {
    id: "find-etcd",
    title: "Find etcd",
    steps: [
      { title: "Meet the cluster", deeds: [run("kubectl get nodes")] },
      { title: "Find its pod", deeds: [run("kubectl get pods -n kube-system | grep etcd")] },
      { title: "Read its manifest", deeds: [{ hint: "The file is not there yet." }, SOLVE] },
      {
        title: "Stop it, and watch who starts it",
        deeds: [predict("The kubelet on the same host"), run("crictl stop")],
        tells: ["You were right."],
      },
    ],
  },
  {
    id: "locked-door",
    title: "The locked door",
    steps: [
      {
        title: "Knock without a key",
        deeds: [
          predict("The keys."),
          run("kubectl exec -it -n kube-system etcd-ip-10-0-1-10 -- sh"),
          run("etcdctl get / --prefix --keys-only"),
        ],
        tells: ["It went differently."],
      },
      {
        title: "Show your papers",
        deeds: [run("export ETCDCTL_CACERT"), run("etcdctl get / --prefix --keys-only")],
      },
      { title: "Whose key does the API server use?", deeds: [SOLVE] },
    ],
  },
  {
    id: "two-views",
    title: "One object, two views",
    steps: [
      { title: "Make a pod", deeds: [run("kubectl run nginx-demo")] },
      {
        title: "Find it in etcd",
        deeds: [run("export ETCDCTL_CACERT"), run("etcdctl get /registry/pods/default/nginx-demo")],
      },
      {
        title: "Change it, and watch the revision",
        deeds: [
          predict("The whole object is written anew"),
          run("kubectl label pod nginx-demo"),
          run("etcdctl get /registry/pods/default/nginx-demo -w fields"),
        ],
        tells: ["You were right."],
      },
      { title: "Read a secret", deeds: [SOLVE] },
    ],
  },
  {
    id: "dangerous-delete",
    title: "The dangerous delete",
    steps: [
      {
        title: "Know what you have",
        deeds: [run("kubectl get pods -A -o custom-columns"), run("export ETCDCTL_CACERT")],
      },
      {
        title: "Delete every pod",
        deeds: [predict("Pods with an owner are back"), { speed: 10 }, run("etcdctl del /registry/pods --prefix")],
        tells: [
          /default\/standalone\s*owned by nobody\s*stopped after .*s\s*lost/,
          // The pod that the lesson before has made has no owner either.
          /Of \d+ pods \d+ returned, 2 are lost\./,
        ],
      },
      {
        title: "Delete a namespace's key",
        deeds: [
          predict("They stay and run on"),
          { speed: 1 },
          run("etcdctl del /registry/namespaces/default"),
          run("kubectl get all"),
          { speed: 10 },
        ],
        tells: ["You were right."],
      },
    ],
  },
  {
    id: "backup-restore",
    title: "Back in five minutes",
    steps: [
      { title: "Take a snapshot", deeds: [run("export ETCDCTL_CACERT"), run("etcdutl snapshot status")] },
      { title: "Lose something", deeds: [run("etcdctl del /registry/deployments/default --prefix")] },
      {
        title: "Bring it back",
        deeds: [run("etcdutl snapshot restore"), run("sed -i")],
        tells: [/It took 0 min \d+ s\./],
      },
    ],
  },
];
