/**
 * What the repositories look like: `clusters/<c>/<team>/<app>/<file>`, with so many files in each folder.
 * `path` is the file that is changed.
 */
export const sizes = {
  small: { clusters: 2, teams: 5, apps: 5, filesEach: 4, fileBytes: 1000, commits: 20 },
  mid: { clusters: 10, teams: 20, apps: 25, filesEach: 4, fileBytes: 5000, commits: 300 },
  big: { clusters: 10, teams: 25, apps: 50, filesEach: 4, fileBytes: 2000, commits: 3000 },
  flat: { clusters: 1, teams: 1, apps: 1, filesEach: 10_000, fileBytes: 1000, commits: 20 },
};

for (const shape of Object.values(sizes)) {
  shape.files = shape.clusters * shape.teams * shape.apps * shape.filesEach;
  shape.path = pathOf(shape, Math.floor(shape.files / 2));
}

/** Imports a repository with a history of small commits, and packs it as a server does. */
export async function fillRepository(server, name, shape) {
  const random = createRandom(shape.files);
  const parts = [];
  const first = Array.from({ length: shape.files }, (_, index) => index);
  addCommit(parts, shape, { message: "all files", indexes: first, random });
  for (let commit = 1; commit < shape.commits; commit += 1) {
    const index = Math.floor(random() * shape.files);
    addCommit(parts, shape, { message: `change ${commit}`, indexes: [index], random });
  }
  await server.git(name, ["fast-import", "--quiet"], Buffer.concat(parts));
  await server.git(name, ["repack", "-adq", "--write-bitmap-index"]);
}

function addCommit(parts, shape, { message, indexes, random }) {
  parts.push(
    Buffer.from(
      `commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\n` +
        `data ${message.length}\n${message}\n`,
    ),
  );
  for (const index of indexes) {
    const content = fileContent(shape.fileBytes, random);
    const head = `M 100644 inline ${pathOf(shape, index)}\ndata ${content.length}\n`;
    parts.push(Buffer.from(`${head}${content}\n`));
  }
}

function pathOf({ teams, apps, filesEach }, index) {
  const file = `values-${index % filesEach}.yaml`;
  const folder = Math.floor(index / filesEach);
  const app = folder % apps;
  const team = Math.floor(folder / apps) % teams;
  const cluster = Math.floor(folder / apps / teams);
  return `clusters/cluster-${cluster}/team-${team}/app-${app}/${file}`;
}

/** YAML that compresses about as well as configuration does. */
function fileContent(bytes, random) {
  const lines = ["image:\n  tag: v1\n"];
  for (let size = lines[0].length; size < bytes;) {
    const value = Math.floor(random() * 0x7f_ff_ff_ff).toString(16);
    const line = `setting-${lines.length}: value-${value}\n`;
    lines.push(line);
    size += line.length;
  }
  return lines.join("");
}

/** The same numbers each time (mulberry32). */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
