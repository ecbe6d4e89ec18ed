import { expect, test } from "vitest";
import { limitedText } from "../../../../src/ui/lesson/limited-text.ts";

test("a text within the limit is read whole, letters that a piece cuts included", async () => {
  const octets = new TextEncoder().encode("# Grüße");
  const pieces = [octets.slice(0, 5), octets.slice(5)];
  expect(await limitedText(new Response(streamOf(() => pieces.shift())), octets.length)).toBe("# Grüße");
  expect(await limitedText(new Response(null), 10)).toBe("");
});

test("of an answer without end no more is fetched than shows that it is too long", async () => {
  let given = 0;
  const endless = streamOf(() => {
    given += 1000;
    return new Uint8Array(1000);
  });
  expect(await limitedText(new Response(endless), 10_000)).toBeUndefined();
  expect(given).toBeLessThan(13_000);
});

test("an answer that says itself that it is too long is not fetched at all", async () => {
  let given = 0;
  const body = streamOf(() => {
    given++;
    return new Uint8Array(10);
  });
  const response = new Response(body, { headers: { "content-length": "20000" } });
  expect(await limitedText(response, 10_000)).toBeUndefined();
  expect(given).toBeLessThanOrEqual(1);
});

function streamOf(next: () => Uint8Array<ArrayBuffer> | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      const piece = next();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
}
