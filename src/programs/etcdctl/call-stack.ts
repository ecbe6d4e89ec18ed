/**
 * Where each command asks for its client in etcdctl 3.6: Go function (without `CommandFunc`), file (without
 * `_command.go`) and line, as stack traces name them.
 */
const CALLERS: Readonly<Record<string, readonly [name: string, file: string, line: number]>> = {
  "alarm disarm": ["alarmDisarm", "alarm", 54],
  "alarm list": ["alarmList", "alarm", 77],
  "auth status": ["authStatus", "auth", 56],
  "auth enable": ["authEnable", "auth", 80],
  "auth disable": ["authDisable", "auth", 118],
  compaction: ["compaction", "compaction", 56],
  defrag: ["defrag", "defrag", 40],
  del: ["del", "del", 54],
  "downgrade validate": ["downgradeValidate", "downgrade", 88],
  "downgrade enable": ["downgradeEnable", "downgrade", 114],
  "downgrade cancel": ["downgradeCancel", "downgrade", 128],
  elect: ["elect", "elect", 48],
  "endpoint health": ["epHealth", "ep", 99],
  "endpoint status": ["epStatus", "ep", 186],
  "endpoint hashkv": ["epHashKV", "ep", 218],
  get: ["get", "get", 84],
  "lease grant": ["leaseGrant", "lease", 68],
  "lease revoke": ["leaseRevoke", "lease", 96],
  "lease timetolive": ["leaseTimeToLive", "lease", 128],
  "lease list": ["leaseList", "lease", 147],
  "lease keep-alive": ["leaseKeepAlive", "lease", 187],
  lock: ["lock", "lock", 50],
  "make-mirror": ["makeMirror", "make_mirror", 135],
  "member add": ["memberAdd", "member", 145],
  "member remove": ["memberRemove", "member", 195],
  "member update": ["memberUpdate", "member", 221],
  "member list": ["memberList", "member", 237],
  "member promote": ["memberPromote", "member", 258],
  "move-leader": ["transferLeadership", "move_leader", 47],
  put: ["put", "put", 73],
  "role add": ["roleAdd", "role", 113],
  "role delete": ["roleDelete", "role", 127],
  "role get": ["roleGet", "role", 142],
  "role list": ["roleList", "role", 156],
  "role grant-permission": ["roleGrantPermission", "role", 176],
  "role revoke-permission": ["roleRevokePermission", "role", 191],
  txn: ["txn", "txn", 76],
  "user add": ["userAdd", "user", 164],
  "user delete": ["userDelete", "user", 178],
  "user get": ["userGet", "user", 192],
  "user list": ["userList", "user", 219],
  "user passwd": ["userChangePassword", "user", 241],
  "user grant-role": ["userGrantRole", "user", 255],
  "user revoke-role": ["userRevokeRole", "user", 269],
  watch: ["watch", "watch", 81],
};

/** Commands that read the configuration themselves, and make a client for each endpoint. */
const CONFIG_READERS = new Set(["defrag", "endpoint health", "endpoint status", "endpoint hashkv", "move-leader"]);

const MODULE = "go.etcd.io/etcd/etcdctl/v3";
const FLAGS = "go.etcd.io/etcd/pkg/v3/flags";
const COBRA = "github.com/spf13/cobra";

const MAIN = [
  frame(`${COBRA}.(*Command).execute`, `${COBRA}/command.go:1019`),
  frame(`${COBRA}.(*Command).ExecuteC`, `${COBRA}/command.go:1148`),
  frame(`${COBRA}.(*Command).Execute`, `${COBRA}/command.go:1071`),
  frame(`${MODULE}/ctlv3.Start`, `${MODULE}/ctlv3/ctl.go:112`),
  frame(`${MODULE}/ctlv3.MustStart`, `${MODULE}/ctlv3/ctl.go:116`),
  frame("main.main", `${MODULE}/main.go:23`),
  frame("runtime.main", "/usr/local/go/src/runtime/proc.go:290"),
];

/** The stack of etcdctl 3.6 where it finds a flag given twice; `path` is the command, without `etcdctl`. */
export function shadowedFlagStack(path: readonly string[]): string {
  const command = path.join(" ");
  const global = (name: string, line: number) =>
    frame(`${MODULE}/ctlv3/command.${name}`, `${MODULE}/ctlv3/command/global.go:${line}`);
  const caller = CALLERS[command];
  return [
    frame(`${FLAGS}.verifyEnv`, `${FLAGS}/flag.go:86`),
    frame(`${FLAGS}.SetPflagsFromEnv`, `${FLAGS}/flag.go:64`),
    global("clientConfigFromCmd", 105),
    ...(CONFIG_READERS.has(command) ? [] : [global("mustClientFromCmd", 154)]),
    ...(caller === undefined
      ? []
      : [
          frame(
            `${MODULE}/ctlv3/command.${caller[0]}CommandFunc`,
            `${MODULE}/ctlv3/command/${caller[1]}_command.go:${caller[2]}`,
          ),
        ]),
    ...MAIN,
  ].join("\n");
}

function frame(name: string, place: string): string {
  return `${name}\n\t${place}`;
}
