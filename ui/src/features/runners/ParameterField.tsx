import { CodeField } from "@/components/code/CodeField";
import { SelectField, TextArea, TextField } from "@/components/Form";
import { fieldKindOf, isRequired, type Parameter } from "@/features/runners/inputs";

type ParameterFieldProps = {
  parameter: Parameter;
  value: string;
  problem: string | undefined;
  onChange: (text: string) => void;
};

const CHOICES = [
  { id: "true", label: "true" },
  { id: "false", label: "false" },
] as const;
const LEFT_OUT = { id: "", label: "left out" } as const;

/** One parameter of an agent, in a field for values of its kind. */
export function ParameterField({ parameter, value, problem, onChange }: ParameterFieldProps) {
  const { name, kind } = parameter;
  const field = { label: name, hint: `${kind}, ${isRequired(parameter) ? "required" : "optional"}`, problem };
  switch (fieldKindOf(parameter)) {
    case "text":
      return <TextArea {...field} required={isRequired(parameter)} rows={2} value={value} onChange={onChange} />;
    case "integer":
      return <TextField {...field} inputMode="numeric" value={value} onChange={onChange} />;
    case "number":
      return <TextField {...field} inputMode="decimal" value={value} onChange={onChange} />;
    case "choice":
      return <SelectField<string> {...field} value={value} options={[LEFT_OUT, ...CHOICES]} onChange={onChange} />;
    case "json":
      return <CodeField {...field} language="json" rows={3} value={value} onChange={onChange} />;
  }
}
