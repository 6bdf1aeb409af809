import { Choice } from "@/components/Choice";

type DatasetChoiceProps = {
  datasets: readonly { id: string; name: string }[];
  value: string | undefined;
  onChange: (datasetId: string | undefined) => void;
};

/** Over which dataset the experiments are that are listed. */
export function DatasetChoice({ datasets, value = "", onChange }: DatasetChoiceProps) {
  const options = datasets.map(({ id, name }) => ({ id, label: name }));
  const isKnown = value === "" || datasets.some(({ id }) => id === value);
  return (
    <Choice
      label="Over"
      value={value}
      onChange={(id) => onChange(id || undefined)}
      empty="all datasets"
      options={isKnown ? options : [...options, { id: value, label: "another dataset" }]}
    />
  );
}
