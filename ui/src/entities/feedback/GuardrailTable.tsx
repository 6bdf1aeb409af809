import { Fragment, type ReactNode, useState } from "react";
import { Button } from "@/components/Button";
import { Scrollable } from "@/components/Scrollable";
import { Time } from "@/components/Time";
import { Verdict } from "@/entities/feedback/Verdict";
import { PayloadBody } from "@/entities/payload/PayloadBody";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import styles from "./ScoreTable.module.css";

export const GuardrailTableFragment = graphql(`
  fragment GuardrailTable on GuardrailCheck {
    spanId
    name
    passed
    createdAt
    config
    details
  }
`);

type Check = DocumentType<typeof GuardrailTableFragment>;

type GuardrailTableProps = {
  checks: readonly FragmentType<typeof GuardrailTableFragment>[];
  /** The way to the span that was checked; none where it is the one that is shown. */
  spanLink?: ((spanId: string) => ReactNode) | undefined;
};

/** What guardrails said, and what they found on demand. */
export function GuardrailTable({ spanLink, ...props }: GuardrailTableProps) {
  const checks = readFragment(GuardrailTableFragment, props.checks);
  const [open, setOpen] = useState<number | null>(null);
  if (checks.length === 0) return null;
  return (
    <section aria-label="Guardrails" className={styles.section}>
      <h3>Guardrails</h3>
      <Scrollable label="Guardrails, scrollable" className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">Verdict</th>
              {spanLink && <th scope="col">Span</th>}
              <th scope="col">When</th>
              <th scope="col">Found</th>
            </tr>
          </thead>
          <tbody>
            {checks.map((check, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: checks come in their order and have no name of their own
              <Fragment key={at}>
                <tr>
                  <th scope="row">{check.name}</th>
                  <td>
                    <Verdict hasPassed={check.passed} />
                  </td>
                  {spanLink && <td>{spanLink(check.spanId)}</td>}
                  <td>
                    <Time at={check.createdAt} style="relative" />
                  </td>
                  <td>
                    {(check.details != null || check.config != null) && (
                      <Button kind="quiet" aria-expanded={open === at} onPress={() => setOpen(open === at ? null : at)}>
                        {open === at ? "Hide" : "Show"}
                        <span className="visually-hidden">what {check.name} found</span>
                      </Button>
                    )}
                  </td>
                </tr>
                {open === at && (
                  <tr>
                    <td colSpan={spanLink ? 5 : 4} className={styles.found}>
                      <Found check={check} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}

function Found({ check: { name, details, config } }: { check: Check }) {
  return (
    <>
      {details != null && (
        <>
          <h4>Found</h4>
          <PayloadBody text={details} label={`What ${name} found`} />
        </>
      )}
      {config != null && (
        <>
          <h4>Configured with</h4>
          <PayloadBody text={config} label={`Configuration of ${name}`} />
        </>
      )}
    </>
  );
}
