import type { Call } from "./call.js";

/** Pauses the deadlines of all calls that wait for one piece of work. */
export interface SharedPause {
  /** Pauses them, and those that come meanwhile; what it answers lets them go on. */
  readonly begin: () => () => void;
  /** Adds a deadline; what it answers takes it out, and lets it go on. */
  join(pauseDeadline: Call["pauseDeadline"]): () => void;
}

interface Member {
  readonly pauseDeadline: () => () => void;
  goOn: (() => void) | undefined;
}

/** Without members, and without a pause. */
export function createSharedPause(): SharedPause {
  const members = new Set<Member>();
  let pauses = 0;

  function goOn(member: Member): void {
    member.goOn?.();
    member.goOn = undefined;
  }

  return {
    begin(): () => void {
      pauses += 1;
      if (pauses === 1) for (const member of members) member.goOn = member.pauseDeadline();
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        pauses -= 1;
        if (pauses === 0) members.forEach(goOn);
      };
    },
    join(pauseDeadline): () => void {
      if (pauseDeadline === undefined) return () => undefined;
      const member: Member = { pauseDeadline, goOn: pauses > 0 ? pauseDeadline() : undefined };
      members.add(member);
      return () => {
        members.delete(member);
        goOn(member);
      };
    },
  };
}
