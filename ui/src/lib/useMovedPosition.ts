import { useEffect, useEffectEvent } from "react";
import { useClient } from "urql";
import { graphql } from "@/gql";

const PositionQuery = graphql(`
  query Position {
    server {
      position
    }
  }
`);

const LOOK_MS = 3_000;

/**
 * For what no subscription tells, such as traces of any project: looks now and then how far the log is, and says when
 * it has grown. Nobody looks from a page that is not seen.
 */
export function useMovedPosition(onMoved: () => void): void {
  const client = useClient();
  const tell = useEffectEvent(onMoved);
  useEffect(() => {
    let seen: string | null = null;
    let isAsking = false;
    const look = async () => {
      if (isAsking || document.visibilityState === "hidden") return;
      isAsking = true;
      const { data } = await client.query(PositionQuery, {}, { requestPolicy: "network-only" }).toPromise();
      isAsking = false;
      if (!data) return;
      const { position } = data.server;
      if (seen !== null && seen !== position) tell();
      seen = position;
    };
    look();
    const timer = window.setInterval(look, LOOK_MS);
    // Who comes back to the page wants to see what is, and not what was.
    document.addEventListener("visibilitychange", look);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [client]);
}
