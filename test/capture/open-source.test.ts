import { describe, expect, it } from 'vitest';
import { FolderSource } from '../../src/capture/folder-source.js';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { StillUrlSource } from '../../src/capture/still-url-source.js';
import { StreamSource } from '../../src/capture/stream-source.js';
import { withoutLogin } from '../../src/capture/without-login.js';

const open = (source: string) =>
  openSource({ camera: 'leaf', source, intervalMs: 1000, baseDir: '/farm' }, systemClock);

describe('openSource', () => {
  it.each([
    ['folder:pictures', FolderSource],
    ['folder-loop:/data/old pictures', FolderSource],
    ['http://camera.farm.example/still.jpg', StillUrlSource],
    ['https://scout:secret@camera.farm.example/still.jpg', StillUrlSource],
    ['rtsp://scout:secret@camera.farm.example/1', StreamSource],
    ['rtsps://camera.farm.example:322/1', StreamSource],
    ['video:/data/leaf.mp4', StreamSource],
    ['video-loop:leaf.mp4', StreamSource],
    ['v4l2:/dev/video0', StreamSource],
    ['v4l2:/dev/v4l/by-id/usb-Arducam_16MP-video-index0', StreamSource],
    ['argus:0', StreamSource],
    ['libcamera:', StreamSource],
  ])('opens %s', (source, kind) => {
    expect(open(source)).toBeInstanceOf(kind);
  });

  it.each([
    '',
    'folder:',
    'folder-loop:',
    'rtsp://',
    'v4l2:/etc/passwd',
    'v4l2:/dev/video0;id',
    'argus:0 ! filesink',
    'libcamera:$(id)',
    'rtsp://camera/a\nfile',
    'http://',
    'pictures',
    'sim',
    'ftp:/x',
  ])('refuses "%s" with the camera, the source without login, and what there is', (source) => {
    expect(() => open(source)).toThrow(
      expect.objectContaining({
        code: 'SOURCE_INVALID',
        message: `Camera "leaf": the source "${withoutLogin(source)}" is none that Fieldscout knows.`,
      }),
    );
  });
});

describe('withoutLogin', () => {
  it.each([
    ['rtsp://scout:secret@camera/1', 'rtsp://camera/1'],
    ['http://scout:s@cret@camera/still.jpg', 'http://camera/still.jpg'],
    ['http://scout:s/cret@camera/still.jpg', 'http://...'],
    ['http://scout:s#cret@camera/still.jpg', 'http://...'],
    ['http://camera:81/snap.cgi?user=admin&pwd=s3cret', 'http://camera:81/snap.cgi'],
    ['http://[fe80::1]:81/a.jpg#s3cret', 'http://[fe80::1]:81/a.jpg'],
    ['sim:leaf?seed=3', 'sim:leaf?seed=3'],
    ['http://camera/a@b.jpg', 'http://camera/a@b.jpg'],
    ['folder:/a@b', 'folder:/a@b'],
  ])('leaves the login out of %s', (source, bare) => {
    expect(withoutLogin(source)).toBe(bare);
  });
});
