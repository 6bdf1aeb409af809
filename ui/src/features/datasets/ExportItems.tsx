import { CombinedError } from "@urql/core";
import { Download } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { type Client, useClient } from "urql";
import { Button } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import type { Row } from "@/features/datasets/draft";
import { ITEMS } from "@/features/datasets/EditItemsDialog";
import { type FileFormat, itemsFile } from "@/features/datasets/itemsFile";
import { type Dataset, type Item, readItems, type Version } from "@/features/datasets/useDataset";
import { download } from "@/lib/download";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import type { LoadedPage } from "@/lib/useLiveList";

type ExportItemsProps = {
  dataset: Dataset;
  version: Version;
  /** As they will be, if they were changed and not saved yet. */
  chosen: readonly Row[];
};

const FORMATS: readonly { format: FileFormat; label: string; type: string }[] = [
  { format: "csv", label: "CSV", type: "text/csv" },
  { format: "jsonl", label: "JSON lines", type: "application/jsonl" },
];

/** Takes items away as a file: those that are chosen, or all of the version. */
export function ExportItems({ dataset, version, chosen }: ExportItemsProps) {
  const client = useClient();
  const [read, setRead] = useState<number | null>(null);
  const save = (format: FileFormat, data: readonly string[]) => {
    const type = FORMATS.find((each) => each.format === format)?.type ?? "text/plain";
    download(`${dataset.name} ${version.name}.${format}`, type, itemsFile(format, data));
    showToast(`Exported ${formatAmount(data.length, ITEMS)}.`);
  };
  const onWhole = async (format: FileFormat) => {
    setRead(0);
    try {
      save(format, await readWhole(client, { id: dataset.id, version: version.hash }, setRead));
    } catch (error) {
      const said = error instanceof CombinedError ? failureOf(error).message : String(error);
      showToast(`The export failed. ${said}`);
    }
    setRead(null);
  };
  const actions = FORMATS.flatMap(({ format, label }) => [
    ...(chosen.length > 0
      ? [
          {
            id: `chosen ${format}`,
            label: `Chosen ${formatAmount(chosen.length, ITEMS)} as ${label}`,
            run: () =>
              save(
                format,
                chosen.map(({ data }) => data),
              ),
          },
        ]
      : []),
    { id: `whole ${format}`, label: `All of ${version.name} as ${label}`, run: () => void onWhole(format) },
  ]);
  return (
    <MenuTrigger>
      <Button isDisabled={read !== null}>
        <Download aria-hidden /> {read === null ? "Export" : `Read ${formatCount(read)}…`}
      </Button>
      <MenuPopover>
        <Menu
          aria-label="Export"
          className={menuStyles.menu ?? ""}
          onAction={(id) => actions.find((action) => action.id === id)?.run()}
        >
          {actions.map(({ id, label }) => (
            <MenuItem key={id} id={id} className={menuStyles.item ?? ""}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}

type Whole = { id: string; version: string };

/** The data of all items of a version, page by page. */
async function readWhole(client: Client, { id, version }: Whole, onRead: (count: number) => void): Promise<string[]> {
  const data: string[] = [];
  let after: string | null = null;
  do {
    const page: LoadedPage<Item> = await readItems(client, { id, version, search: "", filter: "" }, after);
    data.push(...page.items.map((item) => item.data ?? "{}"));
    after = page.hasNextPage ? page.endCursor : null;
    onRead(data.length);
  } while (after !== null);
  return data;
}
