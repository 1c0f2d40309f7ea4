-- The day an event is counted for where that is not the day it started on, since its clock cannot be right. Kept, so that
-- what is erased is taken out of the day it was counted for, whatever a later version believes of clocks. NULL in events of
-- earlier versions: these are counted for the day they started on.
ALTER TABLE events ADD COLUMN moved_day INTEGER;
