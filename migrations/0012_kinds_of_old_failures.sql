-- Written by hand: whose turn it is after the failures of before, by the codes there were.
UPDATE `runs` SET `error_kind` = CASE
  WHEN `error_code` IN ('output_too_large', 'timeout', 'sandbox_oom', 'disk_full', 'queue_expired', 'external_timeout') THEN 'limit'
  WHEN `error_code` IN ('missing_secrets') THEN 'policy'
  WHEN `error_code` IN ('user_cancel', 'cancelled_queued', 'superseded') THEN 'cancelled'
  WHEN `error_code` IN ('e2b_sandbox_error', 'e2b_quota_exhausted', 'missing_e2b_key', 'journal_lost', 'internal_error') THEN 'platform'
  ELSE 'worker'
END WHERE `status` = 'failed';
