const FIELDS = [
  { name: "minute", min: 0, max: 59, names: [] as string[] },
  { name: "hour", min: 0, max: 23, names: [] as string[] },
  { name: "day of month", min: 1, max: 31, names: [] as string[] },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];
const DESCRIPTORS = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** What is wrong with a cron schedule, in the words of robfig/cron; undefined when nothing is. */
export function validateCronSchedule(schedule: string): string | undefined {
  const text = schedule.trim();
  if (text.startsWith("@")) {
    return DESCRIPTORS.includes(text) || /^@every \S+$/.test(text) ? undefined : `unrecognized descriptor: ${text}`;
  }
  const parts = text.split(/\s+/);
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(" ")}]`;
  for (const [index, part] of parts.entries()) {
    for (const range of part.split(",")) {
      const problem = rangeProblem(range, index);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function rangeProblem(text: string, index: number): string | undefined {
  const field = FIELDS[index];
  if (field === undefined) return undefined;
  const [range = "", step, ...more] = text.split("/");
  if (more.length > 0) return `too many slashes: ${text}`;
  if (step !== undefined && !/^\d+$/.test(step))
    return `failed to parse int from ${step}: strconv.Atoi: parsing "${step}": invalid syntax`;
  if (step === "0") return `step of range should be a positive number: ${text}`;
  if (range === "*" || range === "?") return undefined;
  const ends = range.split("-");
  if (ends.length > 2) return `too many hyphens: ${text}`;
  const values: number[] = [];
  for (const end of ends) {
    const named = field.names.indexOf(end.toLowerCase());
    if (named < 0 && !/^\d+$/.test(end))
      return `failed to parse int from ${end}: strconv.Atoi: parsing "${end}": invalid syntax`;
    values.push(named >= 0 ? named : Number(end));
  }
  const [low = 0, high = low] = values;
  if (low < field.min) return `beginning of range (${low}) below minimum (${field.min}): ${text}`;
  if (high > field.max) return `end of range (${high}) above maximum (${field.max}): ${text}`;
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${text}`;
  return undefined;
}
