import { type ByteString, toByteString } from "../../../base/bytes.ts";
import { messageProtobuf } from "./message-protobuf.ts";
import { messageRenderings } from "./message-renderings.ts";
import { HEADER, type Schema, WATCH } from "./message-schema.ts";
import type { Renderings } from "./renderings.ts";

/** `-w protobuf`: the answer's bytes. Of the lease commands only the header comes, since the client embeds it. */
export function protobufRenderings(): Partial<Renderings> {
  const encode = (message: object, schema: Schema): ByteString => toByteString(messageProtobuf(message, schema));
  const header = ({ header }: { readonly header: object }) => encode(header, HEADER);
  return {
    ...messageRenderings(encode),
    watch: (news) => encode({ ...news, header: news.header ?? {} }, WATCH),
    leaseGrant: header,
    leaseKeepAlive: header,
    leaseTimeToLive: ({ response }) => header(response),
    leaseList: header,
  };
}
