import { ShieldAlert, ShieldCheck } from "lucide-react";
import { CopyButton } from "@/components/CopyButton";
import { Time } from "@/components/Time";
import { graphql } from "@/gql";
import { formatAmount, formatCount } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";
import styles from "./AuditLog.module.css";

const AuditCheckpointQuery = graphql(`
  query AuditCheckpoint {
    auditCheckpoint {
      position
      time
      chain
      key
      isGenuine
    }
    server {
      position
    }
  }
`);

const KEY_SHOWN = 12;
const EVENTS = { one: "event", many: "events" };

/** Up to where the log is signed, and with which key. */
export function AuditSeal() {
  const { data } = useWatched({ query: AuditCheckpointQuery, variables: {}, of: { kinds: null, quietMs: 3_000 } });
  if (!data) return <p className={styles.seal}>Who did what, and when.</p>;
  const { auditCheckpoint: signed, server } = data;
  if (!signed) {
    return (
      <p className={styles.seal}>
        <ShieldCheck aria-hidden />
        <span>
          Every event is chained to the one before it. The chain is signed every 10,000 events, and when the server
          stops.
        </span>
      </p>
    );
  }
  if (!signed.isGenuine) {
    return (
      <p className={styles.seal} role="alert" data-broken>
        <ShieldAlert aria-hidden />
        <span>
          The signature at position {formatCount(Number(signed.position))} is not by the key of this server. Run{" "}
          <code>cairn verify</code>.
        </span>
      </p>
    );
  }
  const newer = Number(server.position) - Number(signed.position);
  return (
    <p className={styles.seal}>
      <ShieldCheck aria-hidden />
      <span>
        Signed up to position {formatCount(Number(signed.position))}, <Time at={signed.time} style="relative" />, with
        the key <code title={signed.key}>{signed.key.slice(0, KEY_SHOWN)}…</code>
        {newer > 0 && <>; {formatAmount(newer, EVENTS)} since</>}
      </span>
      <CopyButton label="Copy the public key" text={signed.key} />
    </p>
  );
}
