import { describe, expect, it } from 'vitest';
import { FolderSource } from '../../src/capture/folder-source.js';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { StillUrlSource } from '../../src/capture/still-url-source.js';
import { StreamSource } from '../../src/capture/stream-source.js';
import { withoutLogin, withoutLogins } from '../../src/capture/without-login.js';

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
    'http:scout:s3cret@camera/still.jpg',
    'HTTP://scout:s3cret@camera/still.jpg',
    'rtsp:/scout:s3cret@camera/1',
    'rtsp:scout:s3cret@camera',
    'http2://scout:s3cret@camera',
    ' http://scout:s3cret@camera',
    'scout:s3cret@camera',
    'h\ttp://scout:s3cret@camera',
    'http:\\\\scout:s3cret@camera/',
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
    expect(withoutLogin(source)).not.toMatch(/scout|s3cret/);
  });
});

it('withoutLogins leaves logins out of what a program says', () => {
  const said = withoutLogins('RTSP://u:s3cret@camera/1: 401; http2://u:s3cret@camera/pwd=s3cret is none');
  expect(said).toBe('RTSP://camera/1: 401; http2://camera/pwd=*** is none');
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
    ['http:scout:secret@camera/x', '...'],
    ['HTTP://scout:secret@camera/x', 'HTTP://camera/x'],
    ['rtsp:/scout:secret@camera/', 'rtsp:/camera/'],
    ['http2://scout:secret@camera', 'http2://camera'],
    ['rtsp://camera/user=admin_password=s3cret_channel=1/0.sdp', 'rtsp://camera/user=admin_password=***/0.sdp'],
    [
      'http://camera/cgi;PWD=s3cret;a=1/token=s3cret&b=2/pass=s3cret',
      'http://camera/cgi;PWD=***;a=1/token=***&b=2/pass=***',
    ],
    ['folder:/pwd=a@b', 'folder:/pwd=a@b'],
    ['folder:/a@b', 'folder:/a@b'],
  ])('leaves the login out of %s', (source, bare) => {
    expect(withoutLogin(source)).toBe(bare);
  });
});
