/** The parts of Electron's windows and pages that mean nothing over an installed browser: callable, without effect. */
import { EventEmitter } from 'node:events';

export class InertWebContents extends EventEmitter {
  getTitle(): string {
    return '';
  }
  getType(): string {
    return 'window';
  }
  isCrashed(): boolean {
    return false;
  }
  isDevToolsOpened(): boolean {
    return false;
  }
  /** Zooming by pinch, developer tools, sound and the like have no meaning here. */
  async setVisualZoomLevelLimits(): Promise<void> {}
  openDevTools(): void {}
  closeDevTools(): void {}
  setAudioMuted(): void {}
  setIgnoreMenuShortcuts(): void {}
  setBackgroundThrottling(): void {}
  setWebRTCIPHandlingPolicy(): void {}
  setUserAgent(): void {}
  stop(): void {}
  getOSProcessId(): number {
    return process.pid;
  }
}

export class InertWindow extends EventEmitter {
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isFullScreen(): boolean {
    return false;
  }
  /** A frame around the page, its icon and its menu bar belong to the browser here. */
  restore(): void {}
  minimize(): void {}
  maximize(): void {}
  unmaximize(): void {}
  center(): void {}
  moveTop(): void {}
  setFullScreen(): void {}
  setMinimumSize(): void {}
  setMenu(): void {}
  removeMenu(): void {}
  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}
  setContentProtection(): void {}
  setBackgroundColor(): void {}
  setIcon(): void {}
  setProgressBar(): void {}
  setRepresentedFilename(): void {}
  setDocumentEdited(): void {}
  setTitleBarOverlay(): void {}
  flashFrame(): void {}
}
