import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const RepriceSpansMutation = graphql(`
  mutation RepriceSpans($from: Timestamp!) {
    repriceSpans(from: $from) {
      id
    }
  }
`);

type RepriceDialogProps = { isOpen: boolean; onClose: () => void; onBegun: () => void };

export function RepriceDialog({ isOpen, onClose, onBegun }: RepriceDialogProps) {
  return (
    <ModalDialog title="Price the past anew" isOpen={isOpen} onOpenChange={onClose}>
      <RepriceForm
        onDone={() => {
          onBegun();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

function RepriceForm({ onDone }: { onDone: () => void }) {
  const [{ fetching }, reprice] = useMutation(RepriceSpansMutation);
  const [from, setFrom] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    if (!from) return setProblem("Say from which day on.");
    const { error } = await reprice({ from: `${from}T00:00:00Z` });
    if (error) return setProblem(failureOf(error).message);
    showToast("Spans are priced anew behind the scenes; what they cost before stays in their history.");
    onDone();
  };
  return (
    <Form onSubmit={submit}>
      <p>Spans whose cost was estimated get what they cost by the prices of now.</p>
      <TextField label="Spans that began on this day or later" type="date" value={from} onChange={setFrom} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Price anew
        </Button>
      </FormActions>
    </Form>
  );
}
