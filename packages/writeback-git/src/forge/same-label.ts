/** Whether two names are of one label: forges that have it keep the case they were given first. */
export function isSameLabel(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
