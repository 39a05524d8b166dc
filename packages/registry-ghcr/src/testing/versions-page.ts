import { jsonAnswer, type ApiAnswer } from "./api-answer.js";
import type { StoredVersion } from "./github-fixture.js";

const DEFAULT_SIZE = 30;
const LARGEST_SIZE = 100;

/** The page of versions that the URL asks for, with links to the next and the last one. */
export function versionsPage(
  versions: readonly StoredVersion[],
  packageName: string,
  url: URL,
): ApiAnswer {
  const size = Math.min(LARGEST_SIZE, countOf(url, "per_page") ?? DEFAULT_SIZE);
  const page = countOf(url, "page") ?? 1;
  const last = Math.max(1, Math.ceil(versions.length / size));
  const body = versions
    .slice((page - 1) * size, page * size)
    .map((version, index) => toJson(version, packageName, (page - 1) * size + index, url));
  const links = [
    ...(page < last ? [linkTo(url, page + 1, "next"), linkTo(url, last, "last")] : []),
    ...(page > 1 ? [linkTo(url, 1, "first"), linkTo(url, page - 1, "prev")] : []),
  ];
  return jsonAnswer(200, body, links.length === 0 ? {} : { link: links.join(", ") });
}

function countOf(url: URL, name: string): number | undefined {
  const value = Number(url.searchParams.get(name) ?? Number.NaN);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

function linkTo(url: URL, page: number, relation: string): string {
  const target = new URL(url);
  target.searchParams.set("page", `${page}`);
  return `<${target.href}>; rel="${relation}"`;
}

function toJson(
  { digest, tags, createdAt, updatedAt }: StoredVersion,
  packageName: string,
  index: number,
  url: URL,
): object {
  const page = `https://github.com/${packageName}`;
  return {
    id: 1000 + index,
    name: digest,
    url: `${url.origin}${url.pathname}/${1000 + index}`,
    package_html_url: page,
    created_at: createdAt,
    updated_at: updatedAt,
    html_url: `${page}/${1000 + index}`,
    metadata: { package_type: "container", container: { tags } },
  };
}
