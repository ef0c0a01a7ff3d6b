-- Every count of the profile is of the same moment, whatever else is committed meanwhile.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ -- noqa: PRS
