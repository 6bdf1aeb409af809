import { GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { CheckField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { Scrollable } from "@/components/Scrollable";
import { Time } from "@/components/Time";
import { type ConfigurationRow, configurationOf } from "@/entities/experiments/configuration";
import type { ComparisonLinks } from "@/features/experiments/Comparison";
import type { ComparisonSearch } from "@/features/experiments/comparison";
import { PromptVersions } from "@/features/experiments/PromptVersions";
import type { Compared, Side } from "@/features/experiments/useComparison";
import { formatCount } from "@/lib/format";
import styles from "./Comparison.module.css";

type ConfigurationProps = {
  sides: readonly Side[];
  search: ComparisonSearch;
  links: ComparisonLinks;
  onSearch: (search: ComparisonSearch) => void;
};

const KEYS_SHOWN = 500;
const LONG_CHARS = 120;

/** How the experiments were set up, side by side. */
export function Configuration({ sides, search, links, onSearch }: ConfigurationProps) {
  const [openKey, setOpenKey] = useState<string | null>(null);
  const experiments = sides.map(({ experiment }) => experiment);
  const all = configurationOf(experiments.map(({ metadata }) => metadata ?? null));
  const isDiffering = search.differing !== undefined;
  const rows = isDiffering ? all.filter(({ isDifferent }) => isDifferent) : all;
  return (
    <>
      {experiments.length > 1 && (
        <CheckField
          label="Only differences"
          value={isDiffering}
          onChange={(isOn) => onSearch({ ...search, differing: isOn ? "true" : undefined })}
        />
      )}
      <Scrollable label="Configuration, scrollable" className={styles.scroll}>
        <table className={styles.table} aria-label="Configuration">
          <thead>
            <tr>
              <th scope="col">Key</th>
              {experiments.map(({ id, name }) => (
                <th key={id} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {!isDiffering && <FixedRows experiments={experiments} links={links} />}
            {rows.slice(0, KEYS_SHOWN).map((row) => (
              <KeyRow key={row.key} row={row} experiments={experiments} onOpen={() => setOpenKey(row.key)} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && (
          <p className={styles.cut}>{all.length === 0 ? "No metadata was recorded." : "All metadata is the same."}</p>
        )}
        {rows.length > KEYS_SHOWN && (
          <p className={styles.cut}>
            The first {KEYS_SHOWN} of {formatCount(rows.length)} keys are shown.
          </p>
        )}
      </Scrollable>
      <DifferencesDialog
        row={all.find(({ key }) => key === openKey)}
        experiments={experiments}
        onClose={() => setOpenKey(null)}
      />
    </>
  );
}

function FixedRows({ experiments, links }: { experiments: readonly Compared[]; links: ComparisonLinks }) {
  return (
    <>
      <tr>
        <th scope="row">Version of the dataset</th>
        {experiments.map(({ id, datasetVersion }) => (
          <td key={id}>{datasetVersion?.name ?? "–"}</td>
        ))}
      </tr>
      <tr>
        <th scope="row">Prompts</th>
        {experiments.map(({ id, promptVersions }) => (
          <td key={id}>
            <PromptVersions versions={promptVersions} link={links.prompt} />
          </td>
        ))}
      </tr>
      <tr>
        <th scope="row">Created</th>
        {experiments.map(({ id, createdAt, createdBy }) => (
          <td key={id}>
            <Time at={createdAt} style="relative" /> by {createdBy}
          </td>
        ))}
      </tr>
    </>
  );
}

type KeyRowProps = { row: ConfigurationRow; experiments: readonly Compared[]; onOpen: () => void };

function KeyRow({ row: { key, values, isDifferent }, experiments, onOpen }: KeyRowProps) {
  const isLong = values.some((value) => value !== null && (value.length > LONG_CHARS || value.includes("\n")));
  return (
    <tr>
      <th scope="row">
        <code>{key}</code>
        {isLong && isDifferent && (
          <Button kind="quiet" aria-label={`Differences in ${key}`} onPress={onOpen}>
            <GitCompareArrows aria-hidden /> Differences
          </Button>
        )}
      </th>
      {experiments.map(({ id }, side) => (
        <td key={id} data-differs={(side > 0 && values[side] !== values[0]) || undefined}>
          <p className={styles.value}>{values[side] ?? "–"}</p>
        </td>
      ))}
    </tr>
  );
}

type DifferencesDialogProps = {
  row: ConfigurationRow | undefined;
  experiments: readonly Compared[];
  onClose: () => void;
};

function DifferencesDialog({ row, experiments, onClose }: DifferencesDialogProps) {
  return (
    <ModalDialog
      title={row ? `Differences in ${row.key}` : ""}
      isWide
      isOpen={row !== undefined}
      onOpenChange={onClose}
    >
      {row &&
        experiments.slice(1).map(({ id, name }, at) => (
          <section key={id} className={styles.outcome} aria-label={name}>
            <h3>{name}</h3>
            <DiffView
              label={`What differs in ${name}`}
              lines={diffOfTexts(row.values[0] ?? "", row.values[at + 1] ?? "")}
            />
          </section>
        ))}
    </ModalDialog>
  );
}
