import { base64, byteStringOf, fromByteString } from "../../../base/bytes.ts";
import { goJsonString } from "../../../base/json-string.ts";
import type { MembersResponse } from "../../../etcd/rpc/messages.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import { headerFields, messageFields, messageJson } from "./message-json.ts";
import { messageRenderings } from "./message-renderings.ts";
import { EVENT, HEADER, hashKvSchema, statusSchema } from "./message-schema.ts";
import type { EndpointHealth, LeaseTimeToLive, Renderings, WatchNews } from "./renderings.ts";

/** `-w json`: Go's encoding of the client's structs, one line an answer. */
export function jsonRenderings(profile: EtcdctlProfile, hex: boolean): Renderings {
  const old = is35(profile);
  const common = messageRenderings((message, schema) => line(messageJson(message, schema)));
  return {
    ...common,
    memberList: (response) => (hex ? line(hexMembers(response, old)) : common.memberList(response)),
    watch: (news) => line(watchJson(news)),
    leaseGrant: ({ header, id, ttl }) =>
      line(structure([...headerFields(header), `"ID":${id}`, `"TTL":${ttl}`, '"Error":""'])),
    leaseKeepAlive: ({ header, id, ttl }) => line(structure([...headerFields(header), `"ID":${id}`, `"TTL":${ttl}`])),
    leaseTimeToLive: (answer) => line(timeToLiveJson(answer)),
    leaseList: ({ header, leases }) =>
      line(structure([...headerFields(header), `"leases":${list(leases.map((id) => `{"id":${id}}`))}`])),
    endpointHealth: (all) => line(list(all.map(healthJson))),
    endpointStatus: (all) =>
      line(list(all.map((one) => endpointJson(one.endpoint, "Status", messageJson(one.status, statusSchema(old)))))),
    endpointHashKv: (all) =>
      line(list(all.map((one) => endpointJson(one.endpoint, "HashKV", messageJson(one.hash, hashKvSchema(old)))))),
  };
}

function line(json: string): string {
  return byteStringOf(`${json}\n`);
}

function structure(fields: readonly string[]): string {
  return `{${fields.join(",")}}`;
}

function list(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

function endpointJson(endpoint: string, name: string, json: string): string {
  return `{"Endpoint":${goJsonString(endpoint)},"${name}":${json}}`;
}

function watchJson(news: WatchNews): string {
  return structure([
    `"Header":${messageJson(news.header ?? {}, HEADER)}`,
    `"Events":${news.events === undefined ? "null" : list(news.events.map((event) => messageJson(event, EVENT)))}`,
    `"CompactRevision":${news.compactRevision}`,
    `"Canceled":${news.canceled}`,
    `"Created":${news.created}`,
  ]);
}

function timeToLiveJson({ response, withKeys }: LeaseTimeToLive): string {
  const keys = response.keys.map((key) => `"${base64(fromByteString(key))}"`);
  return structure([
    ...headerFields(response.header),
    `"id":${response.id}`,
    `"ttl":${response.ttl}`,
    `"granted-ttl":${response.grantedTtl}`,
    `"keys":${withKeys && keys.length > 0 ? list(keys) : "null"}`,
  ]);
}

function healthJson(one: EndpointHealth): string {
  const parts = [
    `"endpoint":${goJsonString(one.endpoint)}`,
    `"health":${one.health}`,
    `"took":${goJsonString(one.took)}`,
  ];
  if (one.error !== "") parts.push(`"error":${goJsonString(one.error)}`);
  return structure(parts);
}

/** `member list -w json --hex` is a struct of its own, in which 3.5 misspells a name. */
function hexMembers(response: MembersResponse, old: boolean): string {
  const { header } = response;
  const headerJson = structure([
    `"cluster_id":"${header.clusterId.toString(16)}"`,
    `"member_id":"${header.memberId.toString(16)}"`,
    ...messageFields({ raftTerm: header.raftTerm }, HEADER),
  ]);
  const members = response.members.map((member) => {
    const fields = [`"ID":"${member.id.toString(16)}"`];
    if (member.name !== "") fields.push(`"name":${goJsonString(member.name)}`);
    if (member.peerUrls.length > 0) fields.push(`"peerURLs":${list(member.peerUrls.map(goJsonString))}`);
    if (member.clientUrls.length > 0) {
      fields.push(`"${old ? "clientURLS" : "clientURLs"}":${list(member.clientUrls.map(goJsonString))}`);
    }
    if (member.isLearner) fields.push('"isLearner":true');
    return structure(fields);
  });
  return structure([`"header":${headerJson}`, `"members":${list(members)}`]);
}
