import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, TextField } from "@/components/Form";
import { Found } from "@/components/Found";
import { SectionHead } from "@/components/SectionHead";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";
import { useWatched } from "@/lib/useWatched";
import styles from "./Preferences.module.css";

const PreferencesQuery = graphql(`
  query Preferences {
    workspaceConfiguration {
      threadTimeoutSeconds
      truncationOnTables
      colors {
        name
        color
      }
    }
  }
`);

const ConfigureWorkspaceMutation = graphql(`
  mutation ConfigureWorkspace($input: WorkspaceConfigurationInput) {
    configureWorkspace(input: $input) {
      threadTimeoutSeconds
      truncationOnTables
      colors {
        name
        color
      }
    }
  }
`);

type Configuration = DocumentType<typeof PreferencesQuery>["workspaceConfiguration"];

/** What a workspace sets for all who are in it. */
export function Preferences() {
  const { data, failure, refresh } = useWatched({
    query: PreferencesQuery,
    variables: {},
    of: { kinds: ["WORKSPACE"] },
  });
  return (
    <section aria-labelledby="preferences">
      <SectionHead id="preferences" title="Preferences">
        They hold for everybody in this workspace.
      </SectionHead>
      <Found
        what="preferences"
        value={data && { configuration: data.workspaceConfiguration ?? null }}
        failure={failure}
        onRetry={refresh}
      >
        {({ configuration }) => <PreferencesForm configuration={configuration} />}
      </Found>
    </section>
  );
}

const MINUTE = 60;

function PreferencesForm({ configuration }: { configuration: Configuration | null }) {
  const seconds = configuration?.threadTimeoutSeconds;
  // What nobody has touched follows what others set meanwhile.
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const minutes = typed ?? (seconds ? String(seconds / MINUTE) : "");
  const isCut = chosen ?? configuration?.truncationOnTables ?? true;
  const [problem, setProblem] = useState<string | null>(null);
  const [{ fetching }, configure] = useMutation(ConfigureWorkspaceMutation);
  const submit = async () => {
    const timeout = minutes.trim() === "" ? null : Math.round(Number(minutes) * MINUTE);
    if (timeout !== null && !(timeout > 0)) return setProblem("The minutes are a number above 0.");
    const colors = configuration?.colors?.map(({ name, color }) => ({ name, color })) ?? null;
    const { error } = await configure({ input: { threadTimeoutSeconds: timeout, truncationOnTables: isCut, colors } });
    setProblem(error ? failureOf(error).message : null);
    if (!error) showToast("Saved the preferences.");
  };
  return (
    <div className={styles.form}>
      <Form label="Preferences" onSubmit={submit}>
        <TextField
          label="A conversation becomes inactive after so many minutes of silence"
          hint="Empty: as the server sets it"
          inputMode="decimal"
          value={minutes}
          problem={problem}
          onChange={setTyped}
        />
        <CheckField label="Clients may cut long values in tables" value={isCut} onChange={setChosen} />
        <FormActions>
          <Button kind="primary" type="submit" isDisabled={fetching}>
            Save preferences
          </Button>
        </FormActions>
      </Form>
    </div>
  );
}
