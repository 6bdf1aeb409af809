import { Milestone } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import { landmarksOf } from "@/features/spans/landmarks";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { SpanNode } from "@/features/spans/spanTree";
import { formatCost, formatCount, formatDuration } from "@/lib/format";
import styles from "./SpanExplorer.module.css";

type JumpMenuProps = { roots: readonly SpanNode<TreeEntry>[]; onSelect: (id: string) => void };

/** To the spans that failed, took long or cost much, without looking for them. */
export function JumpMenu({ roots, onSelect }: JumpMenuProps) {
  const marks = useMemo(() => landmarksOf(roots.flatMap((root) => root.children)), [roots]);
  const groups = [
    {
      title: marks.errorCount > marks.errors.length ? `The first ${marks.errors.length} errors` : "Errors",
      entries: marks.errors.map(({ span }) => ({ span, said: span.error?.exceptionType ?? "" })),
    },
    {
      title: "Slowest, without what they wait for",
      entries: marks.slowest.map(({ span, selfMs }) => ({ span, said: formatDuration(selfMs) })),
    },
    {
      title: "Most expensive",
      entries: marks.dearest.map(({ span, cost }) => ({ span, said: formatCost(cost) })),
    },
  ].filter((group) => group.entries.length > 0);
  const idOf = (title: string, span: TreeEntry) => `${title} ${span.id}`;
  return (
    <MenuTrigger>
      <Button
        className={buttonClass("quiet")}
        aria-label={
          marks.errorCount > 0
            ? `Jump to, ${formatCount(marks.errorCount)} ${marks.errorCount === 1 ? "error" : "errors"}`
            : "Jump to"
        }
        isDisabled={groups.length === 0}
      >
        <Milestone aria-hidden />
        {marks.errorCount > 0 && <span className={styles.failed}>{formatCount(marks.errorCount)}</span>}
      </Button>
      <MenuPopover>
        <Menu
          aria-label="Jump to"
          className={menuStyles.menu ?? ""}
          onAction={(key) => onSelect(String(key).slice(String(key).lastIndexOf(" ") + 1))}
        >
          {groups.map(({ title, entries }) => (
            <MenuSection key={title}>
              <Header className={styles.group ?? ""}>{title}</Header>
              {entries.map(({ span, said }) => (
                <MenuItem
                  key={span.id}
                  id={idOf(title, span)}
                  textValue={span.name ?? ""}
                  className={menuStyles.item ?? ""}
                >
                  <Landmark span={span}>{said}</Landmark>
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}

function Landmark({ span, children }: { span: TreeEntry; children: ReactNode }) {
  return (
    <>
      <SpanKindIcon kind={span.type} />
      <span className={styles.landmark}>{span.name ?? "unnamed"}</span>
      <span className={styles.amount}>{children}</span>
    </>
  );
}
