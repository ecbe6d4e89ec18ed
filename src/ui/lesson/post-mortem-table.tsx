import type { PodFate, PostMortem } from "../../lessons/post-mortem.ts";
import { CopyButton } from "./code-fence.tsx";
import { useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";

/** What a dangerous command has led to: what stopped, what came back after how long, what is lost. */
export function PostMortemTable({ active }: { active: boolean }) {
  const postMortem = useLesson((state) => (active ? state.postMortem : undefined));
  return (
    <section className="post-mortem" aria-label={TEXTS.postMortem}>
      <header>
        <h4>{TEXTS.postMortem}</h4>
        {postMortem !== undefined && <CopyButton text={asMarkdown(postMortem)} name={TEXTS.copyMarkdown} />}
      </header>
      {postMortem === undefined ? <p className="quiet">{TEXTS.postMortemLater}</p> : <Report report={postMortem} />}
    </section>
  );
}

function Report({ report }: { report: PostMortem }) {
  const losses = report.others.filter(({ lost }) => lost.length > 0);
  return (
    <>
      <p>
        <code>{report.command}</code>
      </p>
      <p>{summary(report)}</p>
      {report.pods.length > 0 && <Fates pods={report.pods} />}
      {losses.length > 0 && (
        <ul>
          {losses.map(({ resource, lost, deleted }) => (
            <li key={resource}>{TEXTS.othersLost(resource, lost.length, deleted)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Fates({ pods }: { pods: readonly PodFate[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{TEXTS.pod}</th>
          <th scope="col">{TEXTS.fate}</th>
        </tr>
      </thead>
      <tbody>
        {pods.map((fate) => (
          <tr key={fate.pod} className={fate.returned === undefined ? "lost" : ""}>
            <th scope="row">
              {fate.pod}
              <span>{TEXTS.ownedBy(fate.owner)}</span>
            </th>
            <td>
              {killed(fate)}
              <span className={fate.returned === undefined ? "gone" : "made"}>{returned(fate)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const killed = ({ killedAfterMs }: PodFate): string =>
  killedAfterMs === undefined ? TEXTS.stayed : TEXTS.stopped(TEXTS.seconds(killedAfterMs));

function returned({ pod, returned: next }: PodFate): string {
  if (next === undefined) return TEXTS.lost;
  const seconds = TEXTS.seconds(next.afterMs);
  return next.as === pod ? TEXTS.mirrored(seconds) : TEXTS.replaced(next.as.replace(/^[^/]*\//, ""), seconds);
}

function summary({ deletedKeys, pods }: PostMortem): string {
  if (pods.length === 0) return TEXTS.postMortemKeys(deletedKeys);
  const back = pods.filter((fate) => fate.returned !== undefined).length;
  return TEXTS.postMortemSum(deletedKeys, pods.length, back);
}

/** The report as a table that code hosts and wikis show. */
function asMarkdown(report: PostMortem): string {
  const cells = [
    [TEXTS.pod, TEXTS.owner, TEXTS.fate],
    ["---", "---", "---"],
    ...report.pods.map((fate) => [fate.pod, fate.owner, `${killed(fate)}, ${returned(fate)}`]),
  ];
  const table = cells.map((row) => `| ${row.join(" | ")} |`).join("\n");
  const losses = report.others.flatMap(({ lost }) => lost).map((key) => `- ${key}`);
  return [
    `## ${TEXTS.postMortem}`,
    "",
    `\`${report.command}\``,
    "",
    summary(report),
    "",
    table,
    "",
    ...losses,
    "",
  ].join("\n");
}
