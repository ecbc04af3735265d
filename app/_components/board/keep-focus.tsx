import { Component, type ReactNode } from "react";

/** Rows that React moves in the document lose the focus; this gives it back. Only a class can look before the move. */
export class KeepFocus extends Component<{ children: ReactNode }> {
  override getSnapshotBeforeUpdate(): Element | null {
    return document.activeElement;
  }

  override componentDidUpdate(_props: unknown, _state: unknown, focused: Element | null): void {
    const lost = focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement;
    if (lost) focused.focus({ preventScroll: true });
  }

  override render(): ReactNode {
    return this.props.children;
  }
}
