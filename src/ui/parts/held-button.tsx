import type { ComponentProps, MouseEvent } from "react";

interface HeldButtonProps extends Omit<ComponentProps<"button">, "disabled" | "onClick" | "type"> {
  /** Whether it does nothing at this moment. */
  readonly held: boolean;
  onClick(event: MouseEvent<HTMLButtonElement>): void;
}

/**
 * A button that stays where it is while it can't be pressed. A `disabled` one loses the focus, and with it whoever works
 * by keys loses their place; this one says that it is disabled and keeps it.
 */
export function HeldButton({ held, onClick, ...rest }: HeldButtonProps) {
  return <button type="button" aria-disabled={held} onClick={(event) => held || onClick(event)} {...rest} />;
}
