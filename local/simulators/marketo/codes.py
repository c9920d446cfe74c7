"""The documented error codes and their texts, for whole requests and for single records.

Facts only: code and text as the vendor's list of error codes has them, or as they were seen in real answers; texts
vary, so nobody should read more than the code. All of them travel as HTTP 200.
"""

from __future__ import annotations

_TABLE = """
601|Access token invalid
602|Access token expired
603|Access denied
604|Request timed out
605|Request method not supported
606|Max rate limit '100' exceeded with in '20' secs
607|Daily quota '50000' reached
608|API Temporarily Unavailable
609|Invalid JSON
610|Requested resource not found
611|System error
612|Invalid Content Type
613|Invalid Multipart Request
614|Invalid Subscription
615|Concurrent access limit '10' reached
616|Invalid subscription type
701|A required parameter cannot be blank
702|No data found for a given search scenario
703|The feature is not enabled for the subscription
704|Invalid date format
709|Business Rule Violation
710|Parent Folder Not Found
711|Incompatible Folder Type
712|Merge to person Account operation is invalid
713|Transient Error
714|Unable to find the default record type
718|ExternalSalesPersonID not found
719|Lock wait timeout exception
1001|Invalid value
1002|Missing value for the required parameter
1003|Invalid data
1004|Lead not found
1005|Lead already exists
1006|Field not found
1007|Multiple lead match lookup criteria
1008|Access denied to partition
1009|Partition name must be specified
1010|Partition update not allowed
1011|Field not supported
1012|Invalid cookie value
1013|Object not found
1014|Failed to create Object
1015|Lead not in list
1016|Too many imports
1017|Object already exists
1018|CRM Enabled
1019|Import in progress
1020|Too many clones to program
1021|Company update not allowed
1022|Object in use
1025|Program status not found
1026|Custom object not enabled
1027|Max activity type limit reached
1028|Max field limit reached
1029|Export daily quota 500MB exceeded.
1035|Unsupported filter type for target subscription
1036|Duplicate object found in input
1037|Lead was skipped
1042|Invalid runAt date
1048|Custom Object Discard Draft Failed
1049|Failed to create activity
1076|Merge Leads call with mergeInCRM flag is 4
1077|Merge Leads call failed due to SFDC field length exceeding the limit
1078|Merge Leads call failed due to deleted entity, not a lead or contact, or field filter criteria does not match
1079|Merge Leads call failed due to duplicate record in CRM
1080|More than 25 leads in one merge
"""

TEXTS = dict(row.split("|", 1) for row in _TABLE.strip().splitlines())
