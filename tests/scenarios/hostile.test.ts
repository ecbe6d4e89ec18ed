import { afterAll, beforeAll, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import type { LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { CALM, deepJson, ESCAPES, LINES, PROTOTYPE_NAMES } from "../support/hostile.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** Hostile texts through a host's doors: programs keep them octet for octet, nobody obeys them, the world goes on. */
let world: Sandbox;
let runner: LineRunner;
const run = (line: string) => typeLine(runner, line);
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const write = (path: string, bytes: Uint8Array) => [...world.machines.values()][0]?.fs.writeFile(path, bytes);

beforeAll(() => {
  world = freshWorld();
  runner = typist(world);
  run(
    "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key",
  );
  run("set +H");
});

afterAll(() => {
  expect(world.kernel.faults).toEqual([]);
  expect(run("echo alive").stdout).toBe("alive\n");
  world.dispose();
});

test("as keys and values of etcd", () => {
  for (const [at, text] of LINES.entries()) {
    expect(run(`etcdctl put -- ${quoted(`hostile/${at}/${text}`)} ${quoted(text)}`).stdout).toBe("OK\n");
    expect(run(`etcdctl get -- ${quoted(`hostile/${at}/${text}`)}`).stdout).toBe(`hostile/${at}/${text}\n${text}\n`);
  }
  expect(run("etcdctl get --prefix --count-only hostile/ -w fields").stdout).toContain(`"Count" : ${LINES.length}`);
});

test("as octets in files and values", () => {
  for (const [at, text] of [...Object.values(ESCAPES), "a\0b\xff", deepJson(5000)].entries()) {
    const octets = Uint8Array.from(text, (char) => char.charCodeAt(0));
    write(`/root/octets-${at}`, octets);
    run(`cat octets-${at}; printf '${CALM.replaceAll("\x1b", "\\033").replaceAll("\\\\", "\\134")}'`);
    expect(run(`etcdctl put hostile-octets-${at} < octets-${at}`).stdout).toBe("OK\n");
    expect(run(`etcdctl get --print-value-only hostile-octets-${at} | head -c -1 | cmp - octets-${at}`)).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  }
});

test("as names and contents of files, words of a command line", () => {
  run("mkdir names");
  for (const text of LINES.filter((line) => utf8(line).length < 255)) {
    const name = quoted(`names/${text.replaceAll("/", "_")}`);
    run(`printf %s ${quoted(text)} > ${name}`);
    expect(run(`cat ${name}`).stdout).toBe(text);
    expect(run(`echo ${quoted(text)} | grep -cF -- ${quoted(text)}`).stdout).toBe("1\n");
  }
  expect(run("ls names | wc -l; ls -la names > /dev/null && echo listed").stdout).toMatch(/^\d+\nlisted\n$/);
});

test("as annotations of objects", () => {
  run("kubectl create configmap hostile");
  for (const [at, text] of LINES.entries())
    expect(run(`kubectl annotate configmap hostile ${quoted(`note-${at}=${text}`)}`).stderr).toBe("");
  const read = JSON.parse(run("kubectl get configmap hostile -o json").stdout);
  expect(Object.keys(read.metadata.annotations).length).toBe(LINES.length);
  for (const [at, text] of LINES.entries()) expect(read.metadata.annotations[`note-${at}`]).toBe(text);
});

test("names that every object has are names like others", () => {
  for (const name of PROTOTYPE_NAMES.filter((each) => /^[a-z]/.test(each))) {
    expect(run(`kubectl annotate configmap hostile ${name}=a`).stdout).toBe("configmap/hostile annotated\n");
    expect(run(`kubectl label configmap hostile ${name}=b`).stdout).toBe("configmap/hostile labeled\n");
    expect(run(`kubectl label configmap hostile ${name}-`).stdout).toBe("configmap/hostile unlabeled\n");
  }
  for (const name of PROTOTYPE_NAMES) {
    expect(run(`kubectl get ${name}`).stderr).toContain(`the server doesn't have a resource type "${name}"`);
    expect(run(`${name}`).stderr).toBe(`bash: ${name}: command not found\n`);
    expect(run(`echo "$${name}"; ${name}=1; echo "$${name}"; unset ${name}`).stdout).toBe("\n1\n");
    expect(run(`lab checkpoint ${name}`).stdout).toContain(`checkpoint ${name} made`);
    expect(run(`lab restore ${name}-`).exitCode).toBe(1);
  }
});

test("a manifest that unfolds into a giant is refused", () => {
  const levels = Array.from({ length: 9 }, (_, at) => `  l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`)}]\n`);
  const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  l0: &l0 [x]\n${levels.join("")}`;
  write("/root/bomb.yaml", utf8(manifest));
  expect(run("kubectl apply -f bomb.yaml")).toMatchObject({
    exitCode: 1,
    stderr:
      "error: error parsing bomb.yaml: error converting YAML to JSON: yaml: document contains excessive aliasing\n",
  });
});
