import { Send } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { CodeBlock } from "@/components/CodeBlock";
import { Problem } from "@/components/Form";
import { SectionHead } from "@/components/SectionHead";
import { type DocumentType, graphql } from "@/gql";
import type { AlertInput } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { prettyJson } from "@/lib/json";
import styles from "./AlertForm.module.css";

const TestAlertMutation = graphql(`
  mutation TestAlert($id: ID, $input: AlertInput!) {
    testAlert(id: $id, input: $input) {
      isDelivered
      status
      error
      body
    }
  }
`);

type Tested = DocumentType<typeof TestAlertMutation>["testAlert"];

type AlertTestProps = {
  /** Null of one that is not there yet. */
  alertId: string | null;
  /** What is wrong with what is written. */
  problem: string | null;
  input: () => AlertInput;
};

/** Sends a message as it stands in the form, and shows what came back. */
export function AlertTest({ alertId, problem, input }: AlertTestProps) {
  const [{ fetching }, test] = useMutation(TestAlertMutation);
  const [tested, setTested] = useState<Tested | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const onTest = async () => {
    setTested(null);
    if (problem) return setSaid(problem);
    const { data, error } = await test({ id: alertId, input: input() });
    setSaid(error ? failureOf(error).message : null);
    setTested(data?.testAlert ?? null);
  };
  return (
    <section aria-labelledby="alert-test" className={styles.answer}>
      <SectionHead
        id="alert-test"
        title="Test"
        actions={
          <Button onPress={onTest} isDisabled={fetching}>
            <Send aria-hidden /> Send a test message
          </Button>
        }
      >
        An example is sent as the form says it; nothing is saved.
      </SectionHead>
      <Problem text={said} />
      <div role="status" className={styles.answer}>
        {fetching && <p>Waiting for the answer…</p>}
        {tested && (
          <p>
            <Badge tone={tested.isDelivered ? "accent" : "danger"}>
              {tested.isDelivered ? "delivered" : "not delivered"}
            </Badge>{" "}
            {tested.error ?? `the receiver answered ${tested.status}`}
          </p>
        )}
      </div>
      {tested && <CodeBlock text={prettyJson(tested.body)} language="json" />}
    </section>
  );
}
