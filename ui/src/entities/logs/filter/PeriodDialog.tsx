import { useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { type Bounds, boundsIn } from "@/entities/logs/filter/standing";
import { instantOf, localOf } from "@/lib/localTime";

type PeriodDialogProps = {
  filter: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onBounds: (bounds: Bounds) => void;
};

/** From when until when, by the clock on the wall; an end may stay open. */
export function PeriodDialog({ filter, onBounds, ...dialog }: PeriodDialogProps) {
  return (
    <ModalDialog title="Own period" {...dialog}>
      <PeriodForm filter={filter} onBounds={onBounds} onClose={() => dialog.onOpenChange(false)} />
    </ModalDialog>
  );
}

type PeriodFormProps = Pick<PeriodDialogProps, "filter" | "onBounds"> & { onClose: () => void };

function PeriodForm({ filter, onBounds, onClose }: PeriodFormProps) {
  const [bounds, setBounds] = useState<Bounds>(() => boundsIn(filter) ?? {});
  const [problem, setProblem] = useState<string | null>(null);
  const submit = () => {
    const { from, until } = bounds;
    if (!from && !until) return setProblem("Say when it begins, or when it ends.");
    if (from && until && from >= until) return setProblem("It ends before it begins.");
    onBounds(bounds);
    onClose();
  };
  return (
    <Form onSubmit={submit}>
      <TextField
        label="From"
        type="datetime-local"
        autoFocus
        value={localOf(bounds.from)}
        onChange={(local) => setBounds({ ...bounds, from: instantOf(local) })}
      />
      <TextField
        label="Until"
        hint="An end that is left out stays open."
        type="datetime-local"
        value={localOf(bounds.until)}
        problem={problem}
        onChange={(local) => setBounds({ ...bounds, until: instantOf(local) })}
      />
      <FormActions>
        <Button kind="primary" type="submit">
          Apply
        </Button>
      </FormActions>
    </Form>
  );
}
