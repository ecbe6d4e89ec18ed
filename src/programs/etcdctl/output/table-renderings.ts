import { byteStringOf } from "../../../base/bytes.ts";
import { drawBoxes, drawTable } from "../../../base/tablewriter.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import { hashRows, healthRows, memberRows, type Rows, statusRows } from "./endpoint-rows.ts";
import type { Renderings } from "./renderings.ts";

/** `-w table`: only for members and endpoints. */
export function tableRenderings(profile: EtcdctlProfile): Partial<Renderings> {
  const old = is35(profile);
  const draw = ({ header, rows }: Rows) => byteStringOf((old ? drawBoxes : drawTable)(header, rows));
  return {
    memberList: ({ members }) => draw(memberRows(members)),
    endpointHealth: (list) => draw(healthRows(list)),
    endpointStatus: (list) => draw(statusRows(list, old)),
    endpointHashKv: (list) => draw(hashRows(list, old)),
  };
}
