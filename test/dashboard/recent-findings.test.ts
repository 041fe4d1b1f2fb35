import { describe, expect, it } from 'vitest';
import { RecentFindings } from '../../src/dashboard/recent-findings.js';
import { alert, detections } from './payloads.js';

describe('RecentFindings', () => {
  it('keeps the newest detections of each camera', () => {
    const findings = new RecentFindings();
    const ofTrap = { ...detections('t', []), camera: 'trap' };
    for (const payload of [detections('a', []), ofTrap, detections('b', [])]) findings.seeDetections(payload);
    expect(findings.now().detections.map(({ camera, frame }) => `${camera} ${frame.id}`)).toEqual(['leaf b', 'trap t']);
  });

  it('keeps the alerts that were raised and not cleared, each rule, camera and target on its own', () => {
    const findings = new RecentFindings();
    const onTrap = alert('raised', { id: 'second', camera: 'trap' });
    findings.seeAlert(alert('raised', { id: 'first' }));
    findings.seeAlert(onTrap);
    findings.seeAlert(alert('raised', { id: 'beetles', rule: 'beetles', target: 'beetle' }));
    findings.seeAlert(alert('cleared', { id: 'first' }));
    expect(findings.now().alerts.map(({ id }) => id)).toEqual(['second', 'beetles']);
    findings.seeAlert({ ...onTrap, id: 'again', value: 20 });
    expect(findings.now().alerts.map(({ id }) => id)).toEqual(['beetles', 'again']);
  });
});
