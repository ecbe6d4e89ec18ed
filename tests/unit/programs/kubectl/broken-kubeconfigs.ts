const CONFIG = "apiVersion: v1\nkind: Config\n";

/** Files that somebody has taken for kubeconfigs, or spoiled. */
export const BROKEN_KUBECONFIGS: Readonly<Record<string, string>> = {
  word: "x\n",
  list: "[1,2]\n",
  number: "12",
  boolean: "true",
  nothing: "null",
  empty: "",
  "other-fields": "a: b",
  "other-kind": "kind: Pod",
  "other-kind-and-version": "apiVersion: v1\nkind: Pod",
  "other-version": "apiVersion: v2\nkind: Config",
  "other-group": "apiVersion: apps/v1\nkind: Config",
  "open-brace": "{",
  "cut-json": '{"kind": "Config"',
  "two-colons": "a: b: c",
  tab: "a:\n\tb: c\n",
  indent: `${CONFIG}clusters:\n- cluster:\n    server: https://10.0.1.10:6443\n   name: x\n`,
  documents: "---\nkind: Config\n---\nkind: Config\n",
  "clusters-word": `${CONFIG}clusters: x`,
  "clusters-numbers": `${CONFIG}clusters: [1]`,
  "name-number": `${CONFIG}clusters: [{name: 1}]`,
  "server-number": `${CONFIG}clusters: [{name: a, cluster: {server: 5}}]`,
  "insecure-word": `${CONFIG}clusters: [{name: a, cluster: {insecure-skip-tls-verify: "yes"}}]`,
  "version-number": "apiVersion: 1\nkind: Config",
  "kind-list": "apiVersion: v1\nkind: [a]",
  "current-number": `${CONFIG}current-context: 5`,
  "current-unknown": `${CONFIG}current-context: nosuch`,
  "names-unknown": `${CONFIG}contexts: [{name: a, context: {user: nouser, cluster: nocluster}}]\ncurrent-context: a`,
  "user-list": `${CONFIG}users: [{name: a, user: [b]}]`,
  "groups-word": `${CONFIG}users: [{name: a, user: {as-groups: x}}]`,
  "no-base64": `${CONFIG}users: [{name: a, user: {client-certificate-data: "!!"}}]`,
  "cut-base64": `${CONFIG}users: [{name: a, user: {client-key-data: "aGk"}}]`,
  "no-certificate": `${CONFIG}users: [{name: a, user: {client-certificate-data: "aGk=", client-key-data: "aGk="}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: "aGk="}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "no-key": `${CONFIG}users: [{name: a, user: {client-certificate-data: "aGk="}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "no-ca": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: "aGk="}}]
contexts: [{name: a, context: {cluster: a}}]
current-context: a`,
  "both-names": `${CONFIG}users: [{name: a, user: {token: x, username: u, password: z}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true, certificate-authority: ca.crt}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "no-files": `${CONFIG}users: [{name: a, user: {client-certificate: no.crt, client-key: no.key}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority: no-ca.crt}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "server-words": `${CONFIG}clusters: [{name: a, cluster: {server: "https://not a url"}}]
contexts: [{name: a, context: {cluster: a}}]
current-context: a`,
  "no-user": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: a, context: {user: nobody, cluster: a}}]
current-context: a`,
  "port-words": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:abc"}}]
users: [{name: a, user: {token: z}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "two-ways": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: a, user: {token: z, username: a, password: b}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "key-twice": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority: pod.yaml, certificate-authority-data: aGk=}}]
users: [{name: a, user: {client-certificate: ../pod.yaml, client-certificate-data: aGk=, client-key: ../pod.yaml, client-key-data: aGk=}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "ca-insecure": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority: ../pod.yaml, insecure-skip-tls-verify: true}}]
users: [{name: a, user: {token: z}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "garbage-ca": `${CONFIG}clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority: ../pod.yaml}}]
users: [{name: a, user: {token: z}}]
contexts: [{name: a, context: {user: a, cluster: a}}]
current-context: a`,
  "no-port": `${CONFIG}clusters: [{name: a, cluster: {server: "http://127.0.0.1"}}]
contexts: [{name: a, context: {cluster: a}}]
current-context: a`,
};
