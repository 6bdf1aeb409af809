import { ChevronDown, Clock, Server } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, Menu, MenuTrigger } from "react-aria-components";
import { buttonClass } from "@/components/Button";
import { CheckItem } from "@/components/CheckItem";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { PeriodDialog } from "@/entities/logs/filter/PeriodDialog";
import { readFilter } from "@/entities/logs/filter/readFilter";
import {
  type Bounds,
  boundsIn,
  environmentsIn,
  sinceIn,
  withBounds,
  withEnvironments,
  withoutEnvironments,
  withSince,
} from "@/entities/logs/filter/standing";
import type { Asking } from "@/entities/logs/filter/useKnown";
import { formatCount } from "@/lib/format";
import { localOf } from "@/lib/localTime";

const ANY = "any";
const OWN = "own";
const PERIODS = [
  { id: ANY, label: "Any time" },
  { id: "-15m", label: "Last 15 minutes" },
  { id: "-1h", label: "Last hour" },
  { id: "-24h", label: "Last 24 hours" },
  { id: "-7d", label: "Last 7 days" },
  { id: "-30d", label: "Last 30 days" },
  { id: OWN, label: "Own period…" },
] as const;

type StandingMenusProps = { filter: string; known: Asking; onFilter: (filter: string) => void };

/** Since when and where: what is asked most, chosen without writing it. It is the same text as in the box. */
export function StandingMenus({ filter, known, onFilter }: StandingMenusProps) {
  const read = readFilter(filter);
  const isDisabled = "problem" in read && read.problem === "unreadable";
  return (
    <>
      <PeriodMenu {...{ filter, isDisabled, onFilter }} />
      {known.fields.some(({ name }) => name === "environment") && (
        <EnvironmentMenu {...{ filter, known, isDisabled, onFilter }} />
      )}
    </>
  );
}

type PeriodMenuProps = Pick<StandingMenusProps, "filter" | "onFilter"> & { isDisabled: boolean };

function PeriodMenu({ filter, isDisabled, onFilter }: PeriodMenuProps) {
  const asked = sinceIn(filter);
  const [isAsking, setAsking] = useState(false);
  const bounds = boundsIn(filter);
  const chosen = asked === null ? ANY : bounds || asked === "others" ? OWN : asked.since;
  const own = bounds ? saidOf(bounds) : chosen === OWN ? "Own period" : `Since ${chosen}`;
  return (
    <>
      <MenuTrigger>
        <Opener
          name="Period"
          icon={<Clock aria-hidden />}
          value={chosen === OWN ? own : (PERIODS.find(({ id }) => id === chosen)?.label ?? own)}
          isDisabled={isDisabled}
        />
        <MenuPopover>
          <Menu
            aria-label="Period"
            className={menuStyles.menu ?? ""}
            selectionMode="single"
            disallowEmptySelection
            // One's own is chosen again to change it, which is no change of the choice.
            onAction={(key) => key === OWN && setAsking(true)}
            selectedKeys={[chosen]}
            onSelectionChange={(keys) => {
              const [since] = [...keys];
              if (since === OWN) return;
              onFilter(withSince(filter, since === ANY ? null : String(since)));
            }}
          >
            {PERIODS.map(({ id, label }) => (
              <CheckItem key={id} id={id} label={label} />
            ))}
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <PeriodDialog
        {...{ filter }}
        isOpen={isAsking}
        onOpenChange={setAsking}
        onBounds={(next) => onFilter(withBounds(filter, next))}
      />
    </>
  );
}

const saidOf = ({ from, until }: Bounds) =>
  [from ? `from ${shown(from)}` : "", until ? `until ${shown(until)}` : ""].filter(Boolean).join(" ");

const shown = (instant: string) => localOf(instant).replace("T", " ");

function EnvironmentMenu({ filter, known, isDisabled, onFilter }: StandingMenusProps & { isDisabled: boolean }) {
  const asked = environmentsIn(filter);
  const chosen = asked === null || asked === "others" ? [] : asked.names;
  const wanted = { field: "environment", among: withoutEnvironments(filter), begun: "" };
  const observed = known.valuesOf(wanted);
  const names = [...new Set([...(observed?.values ?? []).map(({ label }) => label), ...chosen])];
  const several = `${formatCount(chosen.length)} environments`;
  const shown = asked === "others" ? "Own choice" : chosen.length > 1 ? several : (chosen[0] ?? "All environments");
  return (
    <MenuTrigger onOpenChange={(isOpen) => isOpen && known.prepareValues(wanted)}>
      <Opener name="Environment" icon={<Server aria-hidden />} value={shown} isDisabled={isDisabled} />
      <MenuPopover>
        <Menu
          aria-label="Environment"
          className={menuStyles.menu ?? ""}
          selectionMode="multiple"
          selectedKeys={chosen}
          renderEmptyState={() => (
            <p className={menuStyles.empty}>
              {observed === null || observed.isReading ? "Reading environments…" : "No environment was recorded."}
            </p>
          )}
          onSelectionChange={(keys) => {
            if (keys !== "all")
              onFilter(
                withEnvironments(
                  filter,
                  names.filter((name) => keys.has(name)),
                ),
              );
          }}
        >
          {names.map((name) => (
            <CheckItem key={name} id={name} label={name} />
          ))}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}

type OpenerProps = { name: string; icon: ReactNode; value: string; isDisabled: boolean };

function Opener({ name, icon, value, isDisabled }: OpenerProps) {
  return (
    <Button className={buttonClass("quiet")} aria-label={`${name}: ${value}`} isDisabled={isDisabled}>
      {icon} {value} <ChevronDown aria-hidden />
    </Button>
  );
}
