/** One size as a table: medians, and ratios to `git clone`. */
export function formatTable(size, { files, commits }, rows) {
  const measured = rows.map((runs) => ({
    name: runs[0].name,
    ms: median(runs.map(({ ms }) => ms)),
    requests: median(runs.map(({ requests }) => requests)),
    bytes: median(runs.map(({ sent, received }) => sent + received)),
    sent: median(runs.map(({ sent }) => sent)),
    received: median(runs.map(({ received }) => received)),
    rss: median(runs.map(({ rss }) => rss ?? Number.NaN)),
    growth: median(runs.map(({ growth }) => growth ?? Number.NaN)),
  }));
  const [clone] = measured;
  const header = [
    "",
    "time",
    "of clone",
    "requests",
    "sent",
    "received",
    "of clone",
    "peak RSS",
    "of it new",
  ];
  const lines = measured.map((row) => [
    row.name,
    milliseconds(row.ms),
    percent(row.ms / clone.ms),
    String(row.requests),
    kilobytes(row.sent),
    kilobytes(row.received),
    percent(row.bytes / clone.bytes),
    megabytes(row.rss),
    megabytes(row.growth),
  ]);
  const title = `${size}: ${files.toLocaleString("en")} files, ${commits.toLocaleString("en")} commits`;
  return `${title}\n\n${markdown([header, ...lines])}`;
}

function markdown(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const [header, ...body] = rows.map((row) => line(row));
  return [header, rule, ...body].join("\n");
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function milliseconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function kilobytes(bytes) {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function megabytes(bytes) {
  return Number.isNaN(bytes) ? "" : `${Math.round(bytes / 1e6)} MB`;
}

function percent(ratio) {
  if (ratio >= 0.1) return `${Math.round(ratio * 100)} %`;
  return `${(ratio * 100).toPrecision(2)} %`;
}
