import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { runProgram } from "../../../support/machine.ts";

const PODS = `NAMESPACE     NAME                    READY   STATUS    RESTARTS   AGE
default       nginx-66f8758855-x2kzp  1/1     Running   0          5d
default       standalone              1/1     Running   2          5d
kube-system   coredns-7d764666f9-abc  0/1     Pending   0          10s
kube-system   etcd-ip-10-0-1-10       1/1     Running   1          5d
`;
const CSV = "name,age\nann,31\nbob,4\n\ncid,5\n";

/** Programs that awk's users write; each is run by Debian's mawk and by ours. */
const PROGRAMS: readonly (readonly [program: string, input: string, ...flags: string[]])[] = [
  ["{print $2}", PODS],
  ["NR>1 {print $1, $4}", PODS],
  ['$4=="Running"', PODS],
  ["{print $NF}", PODS],
  ["END{print NR}", PODS],
  ["NR==2,NR==3", PODS],
  ['/coredns/{print NR": "$0}', PODS],
  ['{n[$1]++} END{for(k in n) print k, n[k] | "sort"}', PODS],
  ["{s+=$5} END{print s, s/4}", PODS],
  ["!/NAME/ && $5>0", PODS],
  ['BEGIN{FS=","} NR>1&&NF{print $2*2, $1}', CSV],
  ["{print $2}", CSV, "-F,"],
  ['{$2="x"; print}', PODS],
  ["{$1=$1}1", PODS],
  ["NF", CSV],
  ["length > 10", CSV],
  ['{printf "%-10s|%5d|%.2f|%s\\n", $1, $5, $5/3, "x"}', PODS],
  ['BEGIN{print substr("hello",2,3), index("hello","l"), length("hello"), toupper("a"), tolower("B")}', ""],
  ['BEGIN{n=split("a:b:c",p,":"); print n, p[1], p[3]; delete p[1]; print (1 in p), (2 in p)}', ""],
  ['{gsub(/o/,"0"); sub(/^n/,"<&>"); print}', PODS],
  ['BEGIN{print match("foobar","o+"), RSTART, RLENGTH}', ""],
  ["function f(n){return n<2?1:n*f(n-1)} BEGIN{print f(5), f(10)}", ""],
  ['BEGIN{for(i=0;i<3;i++) print i; while(i-->0) print i; do print "x"; while(0)}', ""],
  ['BEGIN{print 1==1.0, "a"<"b", 2<10, "2"<"10", 1" "2, -3%2, 2^10, 7/2}', ""],
  ["{print NR, FNR, FILENAME}", CSV],
  ['BEGIN{"echo hi" | getline x; print x; close("echo hi")}', ""],
  ['BEGIN{while(("printf \\"a\\\\nb\\\\n\\"" | getline l)>0) print "got", l}', ""],
  ['{print > "/dev/stdout"}', CSV],
  ['BEGIN{x["a",1]=2; for(k in x){split(k,p,SUBSEP); print p[1], p[2]}}', ""],
  ['BEGIN{OFS="-"; print 1,2,3}', ""],
  ['BEGIN{ORS=";"; print 1; print 2}', ""],
  ['BEGIN{RS=";"} {print NR":"$0}', "a;b;c"],
  ['BEGIN{RS=""} {print NR":"$1}', "a b\nc\n\n\nd\n"],
  ["{print v, $1}", CSV, "-v", "v=x y"],
  ["BEGIN{exit 3}", ""],
  ['{exit} END{print "end"}', CSV],
  ["BEGIN{print length()}", ""],
  ["{a[NR]=$0} END{for(i=NR;i>0;i--) print a[i]}", CSV],
  ["$1~/^k/{c++} END{print c+0}", PODS],
  ['{print ($5>0?"yes":"no")}', PODS],
  ['BEGIN{printf "%c%c %x %o %e %g %5.1f|%-5s|%05d\\n", 65, "BC", 255, 8, 1234.5, 0.0001, 3.14159, "ab", 42}', ""],
  ["BEGIN { print 1e6, 100000000, 0.1+0.2, 1/3, 1e20 }", ""],
  ["{ if ($5 == 0) next; print $2 }", PODS],
  ['BEGIN{print -1 " " -1; print 1 - 1, 2 -1}', ""],
  ['BEGIN{a="x"; a=a a a; print a, length(a)}', ""],
  ['BEGIN{print substr("hello",0), substr("hello",2)}', ""],
  ["END{print $0, NF}", "last line\n"],
  ['BEGIN{getline; print "first: " $0} {print}', CSV],
  ['BEGIN { if (!(3 in a)) print "no"; a[3]; if (3 in a) print "yes" }', ""],
  ['{ $3 = ""; print NF, $0 }', "a b c d\n"],
  ["{ NF=2; print }", "a b c d\n"],
  ['BEGIN{print system("exit 4")}', ""],
  ["{ print $1 $2; print $1, $2 }  # comment", "a b\n"],
  ['BEGIN {\n  x = 1\n  y = 2;\n  if (x < y)\n    print "less"\n  else\n    print "more"\n}', ""],
  ["/a/,/c/ { print NR }", "a\nb\nc\nd\na\n"],
];

test.each(PROGRAMS)("%s", (program, input, ...flags) => {
  const argv = ["awk", ...flags, program];
  const real = spawnSync("mawk", argv.slice(1), {
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" },
  });
  const shell = function* (inner: Parameters<(typeof CORE_PROGRAMS)[string]>[0]) {
    const result = spawnSync("sh", ["-c", inner.argv[2] ?? ""], { input: "", encoding: "utf8" });
    if (inner.argv[2] === "sort") {
      const child = inner.spawn({ argv: ["sort"] });
      while (!child.exited.settled) yield* inner.compute(1);
      return 0;
    }
    yield* inner.stdout.write(new TextEncoder().encode(result.stdout));
    return result.status ?? 1;
  };
  const ours = runProgram({ argv, stdin: input, programs: { ...CORE_PROGRAMS, sh: shell }, limitMs: 60_000 });
  expect({ stdout: ours.stdout, code: ours.exitCode }).toEqual({ stdout: real.stdout, code: real.status });
});
