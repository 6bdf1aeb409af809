import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { ITEMS } from "@/features/prices/rates";
import { graphql } from "@/gql";
import type { PriceItem } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const SetPricesMutation = graphql(`
  mutation SetPrices($prices: [PriceInput!]!) {
    setPrices(prices: $prices)
  }
`);

type PriceDialogProps = { isOpen: boolean; onClose: () => void; onSaved: () => void };

export function PriceDialog({ isOpen, onClose, onSaved }: PriceDialogProps) {
  return (
    <ModalDialog title="Set a price" isOpen={isOpen} onOpenChange={onClose}>
      <PriceForm
        onSaved={() => {
          onSaved();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

function PriceForm({ onSaved }: { onSaved: () => void }) {
  const [{ fetching }, set] = useMutation(SetPricesMutation);
  const [model, setModel] = useState("");
  const [provider, setProvider] = useState("");
  const [from, setFrom] = useState("");
  const [rates, setRates] = useState<Partial<Record<PriceItem, string>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const given = ITEMS.flatMap(({ id }) => {
      const perMillion = rates[id]?.trim();
      return perMillion ? [{ item: id, perMillion }] : [];
    });
    if (!model.trim()) return setProblem("Say which model.");
    if (given.length === 0) return setProblem("Say what it costs.");
    if (given.some(({ perMillion }) => !/^\d+(\.\d+)?$/.test(perMillion))) return setProblem("A price is a number.");
    const key = { provider: provider.trim(), model: model.trim(), effectiveFrom: from ? `${from}T00:00:00Z` : null };
    const { error } = await set({ prices: [{ key, rates: given }] });
    if (error) setProblem(failureOf(error).message);
    else onSaved();
  };
  return (
    <Form onSubmit={submit}>
      <FormRow>
        <TextField label="Model" autoFocus value={model} onChange={setModel} />
        <TextField label="Provider (optional)" value={provider} onChange={setProvider} />
      </FormRow>
      <TextField label="From (optional)" type="date" hint="Empty: always" value={from} onChange={setFrom} />
      <p>US dollars for a million tokens</p>
      <FormRow>
        {ITEMS.map(({ id, label }) => (
          <TextField
            key={id}
            label={label}
            inputMode="decimal"
            value={rates[id] ?? ""}
            onChange={(value) => setRates({ ...rates, [id]: value })}
          />
        ))}
      </FormRow>
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching}>
          Set price
        </Button>
      </FormActions>
    </Form>
  );
}
