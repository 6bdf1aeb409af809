import { DatabaseZap } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem, SelectField, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { type Recorded, useAddRecorded } from "@/features/datasets/useAddRecorded";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { showToast } from "@/lib/toasts";

type AddToDatasetProps = { projectId: string; recorded: readonly Recorded[] };

/** Makes items of a dataset out of what was recorded. */
export function AddToDataset({ projectId, recorded }: AddToDatasetProps) {
  const [isOpen, setOpen] = useState(false);
  useHotkeys({ e: () => setOpen(true) });
  return (
    <>
      <Button onPress={() => setOpen(true)} aria-keyshortcuts="E">
        <DatabaseZap aria-hidden /> Add to dataset <kbd>E</kbd>
      </Button>
      <ModalDialog title="Add to a dataset" isOpen={isOpen} onOpenChange={setOpen}>
        <AddForm projectId={projectId} recorded={recorded} onDone={() => setOpen(false)} />
      </ModalDialog>
    </>
  );
}

const NEW = "new";

function AddForm({ projectId, recorded, onDone }: AddToDatasetProps & { onDone: () => void }) {
  const { datasets, add } = useAddRecorded(projectId);
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [inputKey, setInputKey] = useState("input");
  const [outputKey, setOutputKey] = useState("expected_output");
  const [withMetadata, setWithMetadata] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const options = [
    ...datasets.map((dataset) => ({ id: dataset.id, label: dataset.name })),
    { id: NEW, label: "A new one" },
  ];
  const datasetId = chosen ?? options[0]?.id ?? NEW;
  const count = `${formatCount(recorded.length)} ${recorded.length === 1 ? "item" : "items"}`;
  const submit = async () => {
    if (datasetId === NEW && !name.trim()) return setProblem("A new dataset needs a name.");
    setBusy(true);
    const dataset = datasetId === NEW ? { name: name.trim() } : { id: datasetId };
    const said = await add(recorded, dataset, { inputKey, outputKey, withMetadata });
    setBusy(false);
    if (said) return setProblem(said);
    showToast(`Added ${count} to ${options.find(({ id }) => id === datasetId && id !== NEW)?.label ?? name.trim()}.`);
    onDone();
  };
  return (
    <Form onSubmit={submit}>
      <SelectField label="Dataset" autoFocus value={datasetId} options={options} onChange={setChosen} />
      {datasetId === NEW && <TextField label="Its name" value={name} onChange={setName} />}
      <TextField label="Key for the input" hint="Empty: it is left out" value={inputKey} onChange={setInputKey} />
      <TextField label="Key for the output" hint="Empty: it is left out" value={outputKey} onChange={setOutputKey} />
      <CheckField label="With its metadata" value={withMetadata} onChange={setWithMetadata} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={isBusy}>
          Add {count}
        </Button>
      </FormActions>
    </Form>
  );
}
