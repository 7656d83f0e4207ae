import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

export interface ModalBoxProps {
  title: string;
  onClose: () => void;
  /** A dialog with code or a comparison in it takes what room there is. */
  isWide?: boolean;
  children: ReactNode;
}

/** A box over the page that keeps the focus until it is closed, by Escape as well. */
export function ModalBox({ title, onClose, isWide = false, children }: ModalBoxProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      className="overlay"
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className={isWide ? "modal modal-wide" : "modal"}>
        <Dialog className="dialog">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
