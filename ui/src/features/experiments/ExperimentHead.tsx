import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { Badge } from "@/components/Badge";
import { IconButton } from "@/components/IconButton";
import menu from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { TagList } from "@/components/TagList";
import { EditExperimentDialog } from "@/features/experiments/EditExperimentDialog";
import { STATUS_TONES } from "@/features/experiments/statusTones";
import type { Compared } from "@/features/experiments/useComparison";
import styles from "./Comparison.module.css";

type ExperimentHeadProps = {
  experiment: Compared;
  isBaseline: boolean;
  /** All that are compared, the baseline first. */
  ids: readonly string[];
  onIds: (ids: readonly string[]) => void;
  /** Leads to its traces; null where no project has them. */
  onTraces: ((ids: readonly string[]) => void) | null;
};

/** An experiment at the head of its column, and what can be done with it. */
export function ExperimentHead({ experiment, isBaseline, ids, onIds, onTraces }: ExperimentHeadProps) {
  const { id, name, status, tags } = experiment;
  const [isEditing, setEditing] = useState(false);
  const others = ids.filter((other) => other !== id);
  const onAction = (key: string) => {
    if (key === "edit") setEditing(true);
    if (key === "traces") onTraces?.([id]);
    if (key === "baseline") onIds([id, ...others]);
    if (key === "alone") onIds([id]);
    if (key === "out") onIds(others);
  };
  return (
    <div className={styles.head}>
      <strong>{name}</strong>
      {isBaseline && <small>baseline</small>}
      {status !== "COMPLETED" && <Badge tone={STATUS_TONES[status]}>{status.toLowerCase()}</Badge>}
      <MenuTrigger>
        <IconButton label={`Actions of ${name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
        <MenuPopover>
          <Menu aria-label={`Actions of ${name}`} className={menu.menu ?? ""} onAction={(key) => onAction(String(key))}>
            <MenuItem id="edit" className={menu.item ?? ""}>
              Edit name, tags and configuration…
            </MenuItem>
            {onTraces && (
              <MenuItem id="traces" className={menu.item ?? ""}>
                View traces
              </MenuItem>
            )}
            {!isBaseline && others.length > 0 && (
              <MenuItem id="baseline" className={menu.item ?? ""}>
                Make it the baseline
              </MenuItem>
            )}
            {others.length > 0 && (
              <MenuItem id="alone" className={menu.item ?? ""}>
                Show it alone
              </MenuItem>
            )}
            {others.length > 0 && (
              <MenuItem id="out" className={menu.item ?? ""}>
                Take it out
              </MenuItem>
            )}
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <TagList label={`Tags of ${name}`} tags={tags} />
      <EditExperimentDialog experiment={experiment} isOpen={isEditing} onOpenChange={setEditing} />
    </div>
  );
}
