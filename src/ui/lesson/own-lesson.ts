import { parseLesson, type ReadLesson } from "../../lessons/parse-lesson.ts";
import type { WorldKind } from "../../worker/protocol.ts";
import { isEmbedded } from "../embedded.ts";
import { USUAL } from "../world-kind.ts";
import { LESSON_TEXTS } from "./lesson-texts.ts";
import { limitedText } from "./limited-text.ts";

/** A longer file, in octets, is no lesson. */
const OCTETS_MAX = 512 * 1024;

/** A lesson that is kept elsewhere, or why there is none, in words for its author. */
export type OwnLesson = ReadLesson | { readonly problem: string };

const fetched = new Map<string, Promise<OwnLesson>>();

/** Fetches a lesson, once a page. A relative address starts from where the sandbox's files are. */
export function ownLesson(address: string): Promise<OwnLesson> {
  const known = fetched.get(address) ?? fetchLesson(address);
  fetched.set(address, known);
  return known;
}

/** The world that a lesson needs. */
export async function kindOf(address: string): Promise<WorldKind> {
  const found = await ownLesson(address);
  return "problem" in found ? USUAL : found.lesson.cluster;
}

async function fetchLesson(address: string): Promise<OwnLesson> {
  const texts = LESSON_TEXTS.own;
  const brought = lessonInFragment();
  if (brought !== "") return read(brought, address);
  const root = new URL(document.documentElement.dataset["root"] ?? "./", document.baseURI);
  if (!URL.canParse(address, root)) return { problem: texts.noAddress(address) };
  const url = new URL(address, root);
  try {
    const response = await fetch(url, { credentials: "omit" });
    if (!response.ok) return { problem: texts.refused(url.href, response.status) };
    const source = await limitedText(response, OCTETS_MAX);
    return source === undefined ? { problem: texts.tooLong(url.href, OCTETS_MAX / 1024) } : read(source, url.href);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // what fetch rejects with
    return { problem: url.origin === location.origin ? texts.unreachable(url.href) : texts.notShared(url.href) };
  }
}

function read(source: string, address: string): OwnLesson {
  if (source.length > OCTETS_MAX) return { problem: LESSON_TEXTS.own.tooLong(address, OCTETS_MAX / 1024) };
  const found = parseLesson(source);
  for (const { line, message } of found.problems) console.warn(`${address}:${line}: ${message}`);
  return found;
}

/**
 * The lesson itself, which the page around may bring along behind the frame's address; "" when it does not. The page of its
 * own says from where a lesson is, so that nobody's link may bring another.
 */
function lessonInFragment(): string {
  if (!isEmbedded()) return "";
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return "";
  }
}
