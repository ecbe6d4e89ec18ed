import { describe, expect, test } from "vitest";
import { oneTerminal } from "../support/one-terminal.ts";

/** Commands in containers: through kubectl, API server, kubelet and runtime into the container and back. */

const here = oneTerminal("file", (type) => {
  type("mkdir -p site/deep && echo one > site/a && echo two > site/deep/b && chmod 600 site/a");
  type("kubectl run web --image=nginx && kubectl run box --image=busybox --command -- sleep 3600");
  type("kubectl wait --for=condition=Ready pod/web pod/box");
});
const { type } = here;

describe("kubectl exec", () => {
  test("keeps the order of a command's words", () => {
    expect(type("kubectl exec web -- echo z y x a 9").stdout).toBe("z y x a 9\n");
    expect(type("kubectl exec web -- ls -d /etc/nginx /bin").stdout).toBe("/bin\n/etc/nginx\n");
  });

  test("takes words that look like options of the request for words", () => {
    const words = "stdin=true tty=true container=x true";
    expect(type(`kubectl exec web -- echo ${words} command=true`).stdout).toBe(`${words} command=true\n`);
  });

  test("hands a script and its arguments to the container's shell", () => {
    expect(type(`kubectl exec web -- sh -c 'echo "$1-$0"' b a`).stdout).toBe("a-b\n");
  });

  test("gives the command's exit code", () => {
    expect(type("kubectl exec web -- true").exitCode).toBe(0);
    expect(type("kubectl exec web -- sh -c 'exit 7'")).toMatchObject({
      stderr: "command terminated with exit code 7\n",
      exitCode: 7,
    });
  });

  test("streams what it is given", () => {
    expect(type("printf 'b\\na\\n' | kubectl exec -i web -- sort").stdout).toBe("a\nb\n");
  });
});

describe("kubectl cp", () => {
  test("takes a directory there and back", () => {
    expect(type("kubectl cp site web:/tmp/copy")).toMatchObject({ stdout: "", stderr: "", exitCode: 0 });
    expect(type("kubectl exec web -- cat /tmp/copy/a /tmp/copy/deep/b").stdout).toBe("one\ntwo\n");
    expect(type("kubectl exec web -- stat -c %a /tmp/copy/a").stdout).toBe("600\n");
    expect(type("kubectl cp default/web:/tmp/copy back")).toMatchObject({
      stdout: "tar: Removing leading `/' from member names\n",
      exitCode: 0,
    });
    expect(type("diff -r site back")).toMatchObject({ stdout: "", exitCode: 0 });
  });

  test("puts a file into a directory that is there already", () => {
    type("kubectl cp site/a box:/tmp");
    expect(type("kubectl exec box -- cat /tmp/a").stdout).toBe("one\n");
  });

  test("cannot read what is not there, here or there", () => {
    expect(type("kubectl cp nothing web:/tmp/x")).toMatchObject({
      stderr: "error: nothing doesn't exist in local filesystem\n",
      exitCode: 1,
    });
    const { stdout, stderr, exitCode } = type("kubectl cp web:/nothing x");
    expect(stdout).toContain("tar: /nothing: Cannot stat: No such file or directory\n");
    expect(stderr).toBe("command terminated with exit code 2\n");
    expect(exitCode).toBe(2);
    expect(type("kubectl cp nobody:/a x").stderr).toBe('Error from server (NotFound): pods "nobody" not found\n');
  });

  test("skips links and says how to take them", () => {
    type("kubectl exec web -- sh -c 'mkdir /tmp/links; ln -s a /tmp/links/l'");
    expect(type("kubectl cp web:/tmp/links l").stderr).toBe(
      'warning: skipping symlink: "l/l" -> "a" (consider using "kubectl exec -n "" "web" -- tar cf - "/tmp/links" | tar xf -")\n',
    );
  });

  test("needs tar in the container, which etcd's image has not", () => {
    const { stderr, exitCode } = type("kubectl cp site/a kube-system/etcd-ip-10-0-1-10:/tmp/a");
    expect(stderr).toContain('exec: "tar": executable file not found in $PATH');
    expect(exitCode).toBe(1);
  });

  test.each([
    ["kubectl cp a", "error: source and destination are required\n"],
    ["kubectl cp web:/a box:/b", "error: one of src or dest must be a local file specification\n"],
    ["kubectl cp a b", "error: one of src or dest must be a remote file specification\n"],
    ["kubectl cp :a b", "error: filespec must match the canonical format: [[namespace/]pod:]file/path\n"],
    ["kubectl cp web: b", "error: filepath can not be empty\n"],
  ])("%s", (line, stderr) => {
    expect(type(line)).toMatchObject({ stderr, exitCode: 1 });
  });
});

describe("kubectl run and attach", () => {
  test("a container that has ended before anyone attached is told by its log", () => {
    expect(type("kubectl run quick --rm -i --image=busybox --restart=Never -- echo b a")).toMatchObject({
      stdout: 'b a\npod "quick" deleted from default namespace\n',
      exitCode: 0,
    });
  });

  test("its exit code is the command's", () => {
    const { stderr, exitCode } = type("kubectl run bad -i --image=busybox --restart=Never -- sh -c 'exit 3'");
    expect(stderr).toContain("pod default/bad terminated (Error)\n");
    expect(exitCode).toBe(3);
  });

  test("a pipe's text reaches the container, and its end ends what reads it", () => {
    const { stdout } = type("printf 'b\\na\\n' | kubectl run sorter --rm -i --image=busybox --restart=Never -- sort");
    expect(stdout).toContain("a\nb\n");
  });

  test("an input that is not once for all stays open for whoever attaches next", () => {
    type("kubectl run talk --image=busybox --restart=Never --stdin --leave-stdin-open --attach=false -- cat");
    type("kubectl wait --for=condition=Ready pod/talk");
    expect(type("echo one | timeout 2 kubectl attach -i talk").stdout).toBe("one\n");
    expect(type("echo two | timeout 2 kubectl attach -i talk").stdout).toBe("two\n");
  });

  test("a shell in a new pod can be typed into and left", () => {
    type("kubectl run shell --rm -it --image=busybox --restart=Never -- sh");
    // The first prompt was written before anyone was attached.
    expect(type("hostname").stdout).toContain("shell\n");
    expect(type("hostname").stdout).toBe("shell\n");
    expect(type("exit").stdout).toBe('pod "shell" deleted from default namespace\n');
    expect(type("hostname").stdout).toBe("ip-10-0-1-10\n");
  });

  test("a shell that is started again tells how to come back to it", () => {
    type("kubectl run again -it --image=busybox -- sh");
    expect(type("exit").stdout).toContain(
      "Session ended, resume using 'kubectl attach again -c again -i -t' command when the pod is running\n",
    );
    type("kubectl delete pod again --now");
  });

  test("there is a terminal where the container was made with one, and nowhere else", () => {
    expect(type("timeout 2 kubectl attach pod standalone -i -t").stderr).toContain(
      "error: Unable to use a TTY - container standalone did not allocate one\n",
    );
    here.world.run(2000);
  });
});
